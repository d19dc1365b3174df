import NASClients
import RADIUSTransport
import RADIUSWire
import ServerKernel

/// The devices of the configuration's `nas:` list.
enum NASClientConfiguration {
    private static let keys = [
        "name", "address", "secret", "type", "require_message_authenticator", "limit_proxy_state", "send_message_authenticator",
        "transports", "certificate", "psk_identity", "psk_key", "nas_identifier", "max_connections", "lifetime", "idle_timeout",
    ]

    /// Reports what cannot be understood and leaves such devices out.
    static func read(_ reader: inout ConfigurationReader) -> [NASClient] {
        var clients: [NASClient] = []
        for (location, values) in reader.recordList("nas", keys: keys, secretKeys: ["secret", "psk_key"]) {
            var entry = Entry(values: values)
            let client = entry.client()
            for problem in entry.problems { reader.report(location, problem) }
            if let client { clients.append(client) }
        }
        return clients
    }

    /// One device as it is read.
    private struct Entry {
        let values: [String: String]
        var problems: [String] = []

        init(values: [String: String]) {
            self.values = values
        }

        mutating func client() -> NASClient? {
            let links = links()
            let isFoundByProof = links.certificate != nil || links.preSharedKey != nil
            guard let address = values["address"] ?? (isFoundByProof ? "0.0.0.0/0" : nil), let prefix = IPPrefix(address) else {
                problems.append("a NAS needs 'address': an address or prefix such as 192.0.2.1 or 10.0.0.0/8")
                return nil
            }
            // On TLS and DTLS no secret of the NAS's own is used.
            let usable: SharedSecret? =
                if let text = values["secret"] { SharedSecret(text: text) } else { links.needsSecret ? nil : SharedSecret([0]) }
            guard let secret = usable else {
                problems.append("a NAS needs 'secret': its shared secret, or file:PATH")
                return nil
            }
            let sends = values["send_message_authenticator"] ?? "yes"
            if [nil, .auto].contains(Requirement(yaml: sends)) {
                problems.append("'nas.send_message_authenticator' is '\(sends)'; it must be yes or no")
            }
            var client = NASClient(
                id: nil,
                name: values["name"] ?? values["address"] ?? links.certificate?.description ?? links.preSharedKey?.identity ?? address,
                prefix: prefix, secret: secret, type: values["type"] ?? "other", organizationID: nil,
                requireMessageAuthenticator: requirement("require_message_authenticator"),
                limitProxyState: requirement("limit_proxy_state"), sendMessageAuthenticator: Requirement(yaml: sends) != .no,
                rejectDelay: nil)
            links.apply(to: &client)
            return client
        }

        private mutating func links() -> NASLinkSettings {
            var links = NASLinkSettings()
            if let text = values["transports"] {
                if let transports = NASLinkSettings.transports(text) {
                    links.transports = transports
                } else {
                    problems.append("'nas.transports' is '\(text)'; it must be any, or a list of udp, tcp, tls and dtls")
                }
            }
            if let text = values["certificate"] {
                links.certificate = CertificateRule(text)
                if links.certificate == nil {
                    problems.append(
                        "'nas.certificate' is '\(text)'; it must be any, or sha256:, dns:, ip:, uri:, cn: or realm: and a value")
                }
            }
            if let identity = values["psk_identity"] {
                links.preSharedKey = NASPreSharedKey(identity: identity, hexadecimal: values["psk_key"] ?? "")
                if links.preSharedKey == nil {
                    problems.append("'nas.psk_key' must be 32 hexadecimal digits or more, or file:PATH")
                }
            }
            links.nasIdentifier = values["nas_identifier"]
            if let number = number("max_connections", atLeast: 1) { links.limits.maximumLinks = number }
            if let seconds = number("lifetime", atLeast: 0), seconds > 0 { links.limits.lifetime = .seconds(seconds) }
            if let seconds = number("idle_timeout", atLeast: 0) { links.limits.idleTimeout = seconds > 0 ? .seconds(seconds) : nil }
            return links
        }

        private mutating func number(_ key: String, atLeast least: Int) -> Int? {
            guard let text = values[key] else { return nil }
            if let number = Int(text), number >= least { return number }
            problems.append("'nas.\(key)' is '\(text)'; it must be a whole number, \(least) or more")
            return nil
        }

        private mutating func requirement(_ key: String) -> Requirement {
            guard let text = values[key] else { return .auto }
            if let requirement = Requirement(yaml: text) { return requirement }
            problems.append("'nas.\(key)' is '\(text)'; it must be yes, no or auto")
            return .auto
        }
    }
}
