/// What the operator chooses for TEAP (RFC 9930).
public struct TEAPSettings: Sendable {
    /// Whom the tunnel authenticates.
    public enum Identities: String, Sendable, CaseIterable {
        case user, machine
        /// The machine, then the user; both must be accepted.
        case both
        /// The machine, then the user; a peer that has one only gets in with that one. The facts tell policy which.
        case available
    }

    /// A kind of identity, as the Identity-Type TLV numbers it.
    enum Identity: UInt16 {
        case user = 1
        case machine = 2

        /// The value of the fact `EAP-TEAP-Identity-Type`.
        var name: String { self == .user ? "User" : "Machine" }
    }

    public var identities: Identities
    /// Names this server to a peer that knows several; any octets, the same on all servers of a deployment.
    public var authorityID: [UInt8]
    /// Inner methods for users in order of preference; empty: Basic-Password-Auth, where the password itself comes through the tunnel.
    ///
    /// Methods that cannot be bound to the tunnel are left out: MD5, GTC and other tunnels.
    public var userMethods: [EAPType]
    /// The same for machines; Windows uses EAP-TLS only.
    public var machineMethods: [EAPType]
    /// What Basic-Password-Auth asks the person.
    public var passwordPrompt: String

    public init(
        identities: Identities = .user, authorityID: [UInt8] = Array("radian".utf8), userMethods: [EAPType] = [.mschapv2, .tls],
        machineMethods: [EAPType] = [.tls, .mschapv2], passwordPrompt: String = "Password"
    ) {
        self.identities = identities
        self.authorityID = authorityID
        self.userMethods = userMethods
        self.machineMethods = machineMethods
        self.passwordPrompt = passwordPrompt
    }

    private static let bindable: Set<EAPType> = [.mschapv2, .tls, .pwd, .sim, .aka, .akaPrime]

    func methods(for identity: Identity) -> [EAPType] {
        (identity == .user ? userMethods : machineMethods).filter(Self.bindable.contains)
    }

    /// Basic-Password-Auth instead of an EAP method.
    func usesPassword(for identity: Identity) -> Bool { identity == .user && userMethods.isEmpty }

    /// Whom to ask, in order.
    var requested: [Identity] {
        switch identities {
        case .user: [.user]
        case .machine: [.machine]
        case .both, .available: [.machine, .user]
        }
    }
}
