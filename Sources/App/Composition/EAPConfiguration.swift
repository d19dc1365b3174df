public import EAP
public import ServerKernel
public import TLSEngine

/// The section `eap`, and `eap_profile` for NAS devices and realms that need other settings.
public struct EAPConfiguration: Sendable {
    /// Whether a client certificate's status is asked of its authority (RFC 6960).
    public enum OCSP: String, Sendable, CaseIterable {
        case no
        /// An authority that does not answer does not hinder.
        case soft
        /// No answer, no access.
        case hard
    }

    /// What may differ between NAS devices and realms.
    public struct Profile: Sendable, Equatable {
        /// In order of preference; the first is offered.
        public var methods: [EAPType]
        /// One or more: the first is shown to devices that ask for none of the others' names.
        public var certificates: [CertificateFiles]
        /// Of all keys that are encrypted.
        public var privateKeyPassword: String
        /// PEM file of the authorities whose client certificates are good.
        public var authorities: String
        /// PEM files of revocation lists.
        public var revocationLists: [String]
        public var minimumVersion: TLSVersion
        public var maximumVersion: TLSVersion
        /// OpenSSL's cipher list for TLS 1.2; empty for its default.
        public var ciphers: String
    }

    /// A profile and whom it is for.
    public struct Special: Sendable, Equatable {
        public var name: String
        /// Realm outside of the tunnel; empty for any.
        public var realm: String
        /// The NAS's name; empty for any.
        public var nas: String
        public var profile: Profile
    }

    /// What can be offered.
    private static let known: Set<EAPType> = [
        .md5, .otp, .gtc, .tls, .sim, .ttls, .aka, .peap, .mschapv2, .fast, .psk, .akaPrime, .pwd, .teap,
    ]

    /// Where `radian certificate` keeps its list; it need not be there.
    static let usualRevocationList = "var/certificates/crl.pem"

    public var standard: Profile
    /// The first that fits counts.
    public var special: [Special]
    public var peapMethods: [EAPType]
    public var ttlsMethods: [EAPType]
    public var certificateIdentity: EAPCertificateIdentity
    public var acceptsUnknownCertificates: Bool
    public var ocsp: OCSP
    public var peapCryptoBinding: EAPCryptoBinding
    public var teapIdentities: TEAPSettings.Identities
    /// Empty asks users for the password itself.
    public var teapUserMethods: [EAPType]
    public var teapMachineMethods: [EAPType]
    public var pwdGroup: PwdGroup
    /// Gives FAST's first PAC in a tunnel without certificate.
    public var allowsAnonymousFAST: Bool
    public var fastPACLifetimeSeconds: Int
    public var simNetworkName: String
    public var simReauthentications: Int
    public var requestsSIMIdentity: Bool
    public var fragmentSize: Int
    public var timeoutSeconds: Int
    public var capacity: Int
    public var threads: Int
    /// Seconds; 0 resumes nothing.
    public var resumptionSeconds: Int
    public var sendsUserName: Bool
    /// File of SIM cards for EAP-SIM and AKA in a laboratory; empty for none.
    public var simFile: String

    /// Reads the sections; problems stay with the reader.
    public init(_ reader: inout ConfigurationReader) {
        let defaults = "PEAP TTLS TLS pwd TEAP".split(separator: " ").map(String.init)
        standard = Profile(
            methods: Self.methods(&reader, "methods", defaults),
            certificates: CertificateFiles.read(&reader, section: "eap"),
            privateKeyPassword: reader.secret("eap", "private_key_password", default: ""),
            authorities: reader.text("eap", "ca", default: "var/certificates/ca.pem"),
            revocationLists: reader.list("eap", "crl", default: [Self.usualRevocationList]),
            minimumVersion: Self.version(&reader, "tls_minimum", .v1_2), maximumVersion: Self.version(&reader, "tls_maximum", .v1_3),
            ciphers: reader.text("eap", "ciphers", default: ""))
        special = []
        peapMethods = Self.methods(&reader, "peap_methods", ["MSCHAPv2", "GTC", "TLS"])
        ttlsMethods = Self.methods(&reader, "ttls_methods", ["MSCHAPv2", "GTC", "MD5", "TLS"])
        certificateIdentity = reader.choice("eap", "certificate_identity", default: EAPCertificateIdentity.commonName)
        acceptsUnknownCertificates = reader.flag("eap", "accept_unknown_certificates", default: true)
        ocsp = reader.choice("eap", "ocsp", default: OCSP.no)
        peapCryptoBinding = reader.choice("eap", "peap_crypto_binding", default: EAPCryptoBinding.optional)
        teapIdentities = reader.choice("eap", "teap_identities", default: TEAPSettings.Identities.user)
        teapUserMethods = Self.methods(&reader, "teap_user_methods", ["MSCHAPv2", "TLS"])
        teapMachineMethods = Self.methods(&reader, "teap_machine_methods", ["TLS", "MSCHAPv2"])
        pwdGroup = reader.value("eap", "pwd_group", default: .p256, expected: "p256, p384 or p521") {
            ["p256": .p256, "p384": .p384, "p521": .p521][$0.lowercased()]
        }
        allowsAnonymousFAST = reader.flag("eap", "fast_anonymous", default: false)
        fastPACLifetimeSeconds = reader.integer("eap", "fast_pac_lifetime", default: 604_800, in: 60...31_536_000)
        simNetworkName = reader.text("eap", "sim_network_name", default: "WLAN")
        simReauthentications = reader.integer("eap", "sim_reauthentications", default: 16, in: 0...65535)
        requestsSIMIdentity = reader.flag("eap", "sim_identity_request", default: false)
        fragmentSize = reader.integer("eap", "fragment_size", default: 1024, in: 100...4000)
        timeoutSeconds = reader.integer("eap", "timeout", default: 60, in: 5...600)
        capacity = reader.integer("eap", "conversations", default: 20_000, in: 100...1_000_000)
        threads = reader.integer("eap", "threads", default: 0, in: 0...256)
        resumptionSeconds = reader.integer("eap", "resumption", default: 86_400, in: 0...604_800)
        sendsUserName = reader.flag("eap", "user_name_in_accept", default: true)
        simFile = reader.text("eap", "sim_file", default: "")
        readProfiles(&reader)
    }

    private mutating func readProfiles(_ reader: inout ConfigurationReader) {
        let keys = [
            "name", "realm", "nas", "methods", "certificate", "private_key", "private_key_password", "ca", "crl", "tls_minimum",
            "tls_maximum", "ciphers",
        ]
        for (location, values) in reader.recordList("eap_profile", keys: keys, secretKeys: ["private_key_password"]) {
            var profile = standard
            if let text = values["methods"] {
                profile.methods = text.split(whereSeparator: { ", ".contains($0) }).compactMap { EAPType(name: String($0)) }
                if profile.methods.isEmpty { reader.report(location, "'methods' names no EAP method") }
            }
            profile.certificates = CertificateFiles.read(values, &reader, location, instead: standard.certificates)
            if let text = values["private_key_password"] { profile.privateKeyPassword = text }
            if let text = values["ca"] { profile.authorities = text }
            if let text = values["crl"] { profile.revocationLists = text.split(whereSeparator: { ", ".contains($0) }).map(String.init) }
            for (key, path) in [("tls_minimum", \Profile.minimumVersion), ("tls_maximum", \Profile.maximumVersion)] {
                guard let text = values[key] else { continue }
                guard let version = TLSVersion(rawValue: text) else {
                    reader.report(location, "'\(key)' is '\(text)'; it must be 1.0, 1.1, 1.2 or 1.3")
                    continue
                }
                profile[keyPath: path] = version
            }
            if let text = values["ciphers"] { profile.ciphers = text }
            let (realm, nas) = (values["realm"] ?? "", values["nas"] ?? "")
            if realm.isEmpty, nas.isEmpty { reader.report(location, "an EAP profile needs 'realm' or 'nas'") }
            special.append(Special(name: values["name"] ?? realm + nas, realm: realm.lowercased(), nas: nas, profile: profile))
        }
    }

    private static func methods(_ reader: inout ConfigurationReader, _ key: String, _ defaults: [String]) -> [EAPType] {
        reader.list("eap", key, default: defaults).compactMap { name in
            guard let type = EAPType(name: name), Self.known.contains(type) else {
                reader.report(reader.location("eap", key), "'\(name)' is not an EAP method that can be offered")
                return nil
            }
            return type
        }
    }

    private static func version(_ reader: inout ConfigurationReader, _ key: String, _ value: TLSVersion) -> TLSVersion {
        reader.value("eap", key, default: value, expected: "one of 1.0, 1.1, 1.2 and 1.3") { TLSVersion(rawValue: $0) }
    }
}
