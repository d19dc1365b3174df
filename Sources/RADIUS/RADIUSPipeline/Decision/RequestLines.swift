import RADIUSDictionary
import RADIUSWire

extension RequestContext {
    /// `Name = value` lines of the request for people who look for the cause of a failure. Hidden values are masked, and so are proofs that a
    /// password could be guessed from without asking the server; what only proves the packet is left out.
    var requestLines: [String] {
        var copy = self
        return copy.attributes().compactMap { attribute in
            let name = attribute.definition.name
            if Self.unneeded.contains(name) { return nil }
            let value = attribute.isSecret && !Self.harmless.contains(name) || Self.isProof(name) ? "<secret>" : attribute.printedValue
            return "\(attribute.printedName) = \(value)"
        }
    }

    private static let unneeded: Set = ["Message-Authenticator", "Proxy-State"]
    private static let proofs: Set = ["EAP-Message", "ARAP-Password", "ARAP-Security-Data", "Digest-Response"]
    private static let harmless: Set = ["MS-CHAP-Challenge", "MS-CHAP-Domain"]

    private static func isProof(_ name: String) -> Bool {
        proofs.contains(name) || name.contains("Password") || name.hasPrefix("MS-CHAP") && !harmless.contains(name)
    }
}
