internal import TLSEngine

/// Which name of a client certificate is the user that policy looks up.
public enum EAPCertificateIdentity: String, Sendable, CaseIterable {
    /// The subject's common name.
    case commonName = "common-name"
    /// The first e-mail address of the alternative names.
    case email
    /// The first user principal name (1.3.6.1.4.1.311.20.2.3), as Active Directory writes it.
    case userPrincipalName = "upn"
    /// The first DNS name.
    case dnsName = "dns"
    /// The EAP identity, which must be one of the names above; `host/` before a DNS name is allowed.
    case asSent = "identity"

    /// - Parameter sent: the EAP identity.
    /// - Throws: ``EAPFailure/proof(_:)`` when the certificate does not have the name.
    func name(in certificate: Certificate, sent: [UInt8]) throws(EAPFailure) -> [UInt8] {
        let name: String? =
            switch self {
            case .commonName: certificate.commonName
            case .email: certificate.emailAddresses.first
            case .userPrincipalName: certificate.userPrincipalNames.first
            case .dnsName: certificate.dnsNames.first
            case .asSent: Self.isName(sent, of: certificate) ? String(validating: sent, as: UTF8.self) : nil
            }
        guard let name, !name.isEmpty else { throw .proof("certificate without the identity (\(rawValue))") }
        return Array(name.utf8)
    }

    private static func isName(_ sent: [UInt8], of certificate: Certificate) -> Bool {
        guard let sent = String(validating: sent, as: UTF8.self) else { return false }
        if sent == certificate.commonName { return true }
        let host = sent.hasPrefix("host/") ? String(sent.dropFirst(5)) : sent
        return certificate.dnsNames.contains { $0.lowercased() == host.lowercased() }
            || (certificate.emailAddresses + certificate.userPrincipalNames).contains { $0.lowercased() == sent.lowercased() }
    }
}
