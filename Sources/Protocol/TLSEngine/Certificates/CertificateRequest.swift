/// What a certificate shall say; ``CertificateAuthority`` signs it.
public struct CertificateRequest: Sendable {
    public enum Purpose: Sendable {
        /// EAP and RadSec servers. Windows refuses a server without this use, Apple one that lives longer than 825 days.
        case server
        case client
        /// RadSec proxies are both.
        case serverAndClient

        var extendedKeyUsage: String {
            switch self {
            case .server: "serverAuth"
            case .client: "clientAuth"
            case .serverAndClient: "serverAuth,clientAuth"
            }
        }
    }

    public var purpose: Purpose
    /// 1…64 characters.
    public var commonName: String
    public var organizationName: String?
    /// Of these `ipAddresses` and `uris` are for reading certificates and not written.
    public var alternativeNames = SubjectAlternativeNames()
    /// Seconds since 1970.
    public var notBefore: Int64
    public var days: Int

    public init(_ purpose: Purpose, commonName: String, notBefore: Int64, days: Int) {
        self.purpose = purpose
        self.commonName = commonName
        self.notBefore = notBefore
        self.days = days
    }

    /// The last second.
    var notAfter: Int64 { notBefore + Int64(days) * 86400 - 1 }
}
