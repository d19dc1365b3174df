import Foundation
import TLSEngine

/// A configuration profile for iPhone, iPad and Mac: the CA, and a wireless network that trusts this CA and this server name only.
struct AppleProfile {
    private let settings: CertificateStore.Settings
    private let authority: Certificate

    init(_ settings: CertificateStore.Settings, authority: Certificate) {
        self.settings = settings
        self.authority = authority
    }

    /// XML. The device asks for name and password.
    func encode() throws(CertificateStoreError) -> Data {
        do {
            return try PropertyListSerialization.data(fromPropertyList: profile, format: .xml, options: 0)
        } catch {
            throw .invalid("the Apple profile cannot be written")
        }
    }

    private var profile: [String: Any] {
        let anchor = UUID().uuidString
        let identifier = settings.serverName.split(separator: ".").reversed().joined(separator: ".")
        let certificate: [String: Any] = [
            "PayloadType": "com.apple.security.root", "PayloadVersion": 1, "PayloadUUID": anchor,
            "PayloadIdentifier": "\(identifier).ca", "PayloadDisplayName": authority.commonName ?? "CA",
            "PayloadCertificateFileName": "ca.cer", "PayloadContent": Data(authority.der),
        ]
        let authentication: [String: Any] = [
            // TTLS (21), PEAP (25); the password inside TTLS in clear, so that any stored hash will do.
            "AcceptEAPTypes": [21, 25], "TTLSInnerAuthentication": "PAP", "OuterIdentity": "anonymous",
            "TLSTrustedServerNames": [settings.serverName], "PayloadCertificateAnchorUUID": [anchor], "TLSMinimumVersion": "1.2",
        ]
        let network: [String: Any] = [
            "PayloadType": "com.apple.wifi.managed", "PayloadVersion": 1, "PayloadUUID": UUID().uuidString,
            "PayloadIdentifier": "\(identifier).wifi", "PayloadDisplayName": settings.networkName, "SSID_STR": settings.networkName,
            "HIDDEN_NETWORK": false, "AutoJoin": true, "EncryptionType": "WPA2", "EAPClientConfiguration": authentication,
        ]
        return [
            "PayloadType": "Configuration", "PayloadVersion": 1, "PayloadUUID": UUID().uuidString, "PayloadIdentifier": identifier,
            "PayloadDisplayName": "\(settings.networkName) (\(settings.organizationName))",
            "PayloadOrganization": settings.organizationName, "PayloadContent": [certificate, network],
        ]
    }
}
