import COpenSSL
import Glibc

/// The names of a certificate's subjectAltName extension (RFC 5280 §4.2.1.6), each list in the order of the certificate.
public struct SubjectAlternativeNames: Sendable, Equatable {
    public var dnsNames: [String] = []
    public var emailAddresses: [String] = []
    /// Microsoft's otherName 1.3.6.1.4.1.311.20.2.3.
    public var userPrincipalNames: [String] = []
    public var uris: [String] = []
    public var ipAddresses: [String] = []
    /// NAIRealm (RFC 7585 §2.2).
    public var naiRealms: [String] = []

    static let userPrincipalName = "1.3.6.1.4.1.311.20.2.3"
    static let naiRealm = "1.3.6.1.5.5.7.8.8"

    public init() {}

    init(x509: OpaquePointer) {
        guard let extensionValue = X509_get_ext_d2i(x509, NID_subject_alt_name, nil, nil) else { return }
        let names = OpaquePointer(extensionValue)
        defer { GENERAL_NAMES_free(names) }
        for index in 0..<OPENSSL_sk_num(names) {
            guard let name = OPENSSL_sk_value(names, index)?.assumingMemoryBound(to: GENERAL_NAME.self) else { continue }
            add(name)
        }
    }

    private mutating func add(_ name: UnsafeMutablePointer<GENERAL_NAME>) {
        var kind: Int32 = 0
        guard let value = GENERAL_NAME_get0_value(name, &kind) else { return }
        switch kind {
        case GEN_DNS: append(value, to: \.dnsNames)
        case GEN_EMAIL: append(value, to: \.emailAddresses)
        case GEN_URI: append(value, to: \.uris)
        case GEN_IPADD:
            let bytes = OpenSSLText.bytes(value.assumingMemoryBound(to: ASN1_STRING.self))
            if let text = Self.address(bytes) { ipAddresses.append(text) }
        case GEN_OTHERNAME:
            var identifier: OpaquePointer?
            var content: UnsafeMutablePointer<ASN1_TYPE>?
            guard GENERAL_NAME_get0_otherName(name, &identifier, &content) == 1, let content,
                [V_ASN1_UTF8STRING, V_ASN1_IA5STRING].contains(content.pointee.type)
            else { return }
            switch OpenSSLText.identifier(identifier) {
            case Self.userPrincipalName: append(content.pointee.value.asn1_string, to: \.userPrincipalNames)
            case Self.naiRealm: append(content.pointee.value.asn1_string, to: \.naiRealms)
            default: break
            }
        default: break
        }
    }

    private mutating func append(_ value: UnsafeMutableRawPointer, to list: WritableKeyPath<Self, [String]>) {
        append(value.assumingMemoryBound(to: ASN1_STRING.self), to: list)
    }

    private mutating func append(_ value: UnsafeMutablePointer<ASN1_STRING>?, to list: WritableKeyPath<Self, [String]>) {
        let bytes = OpenSSLText.bytes(value)
        // A NUL inside could make a name look like another one where C reads it.
        guard !bytes.isEmpty, !bytes.contains(0) else { return }
        self[keyPath: list].append(String(decoding: bytes, as: UTF8.self))
    }

    /// As inet_ntop writes it.
    private static func address(_ bytes: [UInt8]) -> String? {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
