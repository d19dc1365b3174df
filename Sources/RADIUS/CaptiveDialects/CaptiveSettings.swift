/// What an operator sets for a NAS, or for all of an organization.
public struct CaptiveSettings: Sendable, Equatable {
    /// How the password travels where the dialect leaves a choice.
    public enum PasswordEncoding: String, Sendable, CaseIterable { case pap, chap }
    /// Who tells the NAS where the dialect leaves a choice: the browser by a form, or this server by a CoA-Request.
    public enum Channel: String, Sendable, CaseIterable { case browser, server }

    /// uamsecret of CoovaChilli, faskey of openNDS, secret of a Mist WLAN, key of the portal protocol. Empty: none.
    public var secret = ""
    public var encoding = PasswordEncoding.pap
    public var channel = Channel.browser
    /// openNDS at level 3 or 4: the NAS polls for those who may go online.
    public var isPolled = false
    /// Hosts beside local ones and the vendor's that forms may be sent to: addresses and names of the NAS as browsers see them.
    public var trustedHosts: [String] = []
    public var controller: CaptiveController?
    /// Sent to an Aruba controller by CoA.
    public var role: String?

    public init() {}

    func requireSecret() throws(CaptiveProblem) -> String {
        guard !secret.isEmpty else { throw .missingSecret }
        return secret
    }

    func requireController() throws(CaptiveProblem) -> CaptiveController {
        guard let controller else { throw .missingController }
        return controller
    }

    /// Whether what goes to `url` stays within the network at hand, with the vendor, or with a host that the operator named.
    ///
    /// - Parameter vendorHosts: names; with a full stop in front, everything under them.
    func check(_ url: CaptiveURL, vendorHosts: [String] = []) throws(CaptiveProblem) -> CaptiveURL {
        let host = url.host.hasPrefix("[") ? String(url.host.dropFirst().dropLast()) : url.host
        let isVendor = vendorHosts.contains { $0.hasPrefix(".") ? host.hasSuffix($0) || host == $0.dropFirst() : host == $0 }
        let isTrusted = trustedHosts.contains { $0.lowercased() == host || $0.lowercased() == url.host }
        guard AddressText.isLocal(host) || Self.isLocalName(host) || isVendor || isTrusted else { throw .untrustedTarget }
        return url
    }

    /// Names that no public name server resolves.
    private static func isLocalName(_ host: String) -> Bool {
        guard !AddressText.isAddress(host) else { return false }
        return !host.contains(".")
            || [".lan", ".local", ".localdomain", ".internal", ".home.arpa", ".test"].contains { host.hasSuffix($0) }
    }
}

extension CaptiveSettings: CustomStringConvertible, CustomDebugStringConvertible {
    /// Without what is secret.
    public var description: String { "CaptiveSettings(controller: \(controller?.base.origin ?? "none"))" }
    public var debugDescription: String { description }
}

/// A controller that this server calls. Its address comes from the operator and never from a redirect.
public struct CaptiveController: Sendable, Equatable {
    /// Kind of interface, where a vendor has several.
    public enum Interface: String, Sendable, CaseIterable {
        /// What the dialect uses by itself.
        case standard
        /// UniFi Network inside UniFi OS.
        case appliance
    }

    public var base: CaptiveURL
    public var interface = Interface.standard
    public var username = ""
    public var password = ""
    /// UniFi's key for its integration interface. Empty: name and password.
    public var key = ""
    /// Omada's controller id.
    public var identifier = ""
    /// Overrides the site that the redirect names.
    public var site: String?

    public init(base: CaptiveURL) { self.base = base }
}

extension CaptiveController: CustomStringConvertible, CustomDebugStringConvertible {
    /// Without what is secret.
    public var description: String { "CaptiveController(\(base.origin))" }
    public var debugDescription: String { description }
}
