/// What the operator chooses for TEAP (RFC 9930).
public struct TEAPSettings: Sendable {
    /// Whom the tunnel authenticates.
    public enum Identities: String, Sendable, CaseIterable {
        case user, machine
        /// The machine and then the user; both must be accepted.
        case machineThenUser = "both"
    }

    public var identities: Identities
    /// Names this server to a peer that knows several; any octets, the same on all servers of a deployment.
    public var authorityID: [UInt8]
    /// The inner method for users: an EAP type, or nil for Basic-Password-Auth.
    public var userMethod: EAPType?
    /// The inner method for machines; Windows uses EAP-TLS only.
    public var machineMethod: EAPType?
    /// What Basic-Password-Auth asks the person.
    public var passwordPrompt: String

    public init(
        identities: Identities = .user, authorityID: [UInt8] = Array("radian".utf8), userMethod: EAPType? = .mschapv2,
        machineMethod: EAPType? = .tls, passwordPrompt: String = "Password"
    ) {
        self.identities = identities
        self.authorityID = authorityID
        self.userMethod = userMethod
        self.machineMethod = machineMethod
        self.passwordPrompt = passwordPrompt
    }
}
