import Digests
import TLSEngine

/// Which certificate a NAS shows on TLS and DTLS. Text form: `any`, `sha256:HEX`, `dns:NAME`, `ip:ADDRESS`, `uri:URI`, `cn:NAME`,
/// `realm:REALM`.
public enum CertificateRule: Sendable, Hashable {
    /// Any certificate that the listener's trust anchors vouch for.
    case any
    /// SHA-256 over the certificate, 64 hexadecimal digits in lower case.
    case fingerprint(String)
    /// A DNS name of Subject Alternative Name, in lower case; `*.example.org` stands for one label before it.
    case dns(String)
    /// An address of Subject Alternative Name.
    case ip(IPAddress)
    /// A URI of Subject Alternative Name, as it stands.
    case uri(String)
    /// The subject's Common Name, in lower case.
    case commonName(String)
    /// An NAIRealm of Subject Alternative Name (RFC 7585 §2.2), in lower case.
    case realm(String)

    /// Reads the text form. Nil for another prefix, an empty name, or a fingerprint or address that is none; a fingerprint may have colons.
    public init?(_ text: String) {
        guard text != "any" else {
            self = .any
            return
        }
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let value = String(text[text.index(after: colon)...])
        guard !value.isEmpty else { return nil }
        switch text[..<colon] {
        case "sha256":
            let digits = value.filter { $0 != ":" }.lowercased()
            guard Hexadecimal.decode(digits.utf8)?.count == 32 else { return nil }
            self = .fingerprint(digits)
        case "dns": self = .dns(value.lowercased())
        case "ip":
            guard let address = IPAddress(value) else { return nil }
            self = .ip(address)
        case "uri": self = .uri(value)
        case "cn": self = .commonName(value.lowercased())
        case "realm": self = .realm(value.lowercased())
        default: return nil
        }
    }

    /// The rules that a certificate meets, the most specific first.
    static func met(by certificate: Certificate) -> [CertificateRule] {
        var rules: [CertificateRule] = [.fingerprint(certificate.fingerprintSHA256.filter { $0 != ":" }.lowercased())]
        for name in certificate.dnsNames.map({ $0.lowercased() }) {
            rules.append(.dns(name))
            if let dot = name.firstIndex(of: "."), !name.hasPrefix("*") { rules.append(.dns("*" + name[dot...])) }
        }
        rules += certificate.ipAddresses.compactMap { IPAddress($0) }.map { .ip($0) }
        rules += certificate.uris.map { .uri($0) }
        rules += certificate.naiRealms.map { .realm($0.lowercased()) }
        if let name = certificate.commonName { rules.append(.commonName(name.lowercased())) }
        return rules + [.any]
    }
}

extension CertificateRule: CustomStringConvertible {
    /// The text form.
    public var description: String {
        switch self {
        case .any: "any"
        case .fingerprint(let digits): "sha256:\(digits)"
        case .dns(let name): "dns:\(name)"
        case .ip(let address): "ip:\(address)"
        case .uri(let uri): "uri:\(uri)"
        case .commonName(let name): "cn:\(name)"
        case .realm(let realm): "realm:\(realm)"
        }
    }
}
