public import Foundation
public import TLSEngine

/// A directory with a CA of one's own, the server's certificate, those of clients, and how to set devices up; all keys are readable by
/// the owner only.
///
/// `issued/` has every certificate by its serial number, `clients/` what is handed out, `crl.pem` what is revoked.
public struct CertificateStore: Sendable {
    public let directory: URL

    /// What ``create(_:replaces:now:)`` writes.
    public enum File: String, Sendable, CaseIterable {
        case authority = "ca.pem"
        case authorityKey = "ca.key"
        /// The server's certificate followed by the CA's, which Android's trust on first use needs.
        case server = "server.pem"
        case serverKey = "server.key"
        case revocationList = "crl.pem"
        case appleProfile = "radian-wifi.mobileconfig"
        case supplicant = "wpa_supplicant.conf"
        case readMe = "README.txt"
    }

    public struct Settings: Sendable {
        public var organizationName = "Radian"
        /// What devices check in the server's certificate; need not resolve.
        public var serverName = "radius.example.org"
        /// Of the server's certificate; Apple's devices refuse more than 825.
        public var days = 825
        public var authorityDays = 3650
        public var key = PrivateKey.Kind.ellipticCurve
        /// Of the wireless network in the examples.
        public var networkName = "Radian"

        public init() {}
    }

    public init(directory: String) {
        self.directory = URL(fileURLWithPath: directory, isDirectory: true)
    }

    public func path(_ file: File) -> String { url(file).path }

    /// Has a CA.
    public var exists: Bool {
        FileManager.default.fileExists(atPath: path(.authority)) || FileManager.default.fileExists(atPath: path(.authorityKey))
    }

    /// Makes a CA, a server certificate, an empty revocation list and examples.
    /// - Parameters:
    ///   - replaces: moves what is there into a directory `replaced-TIME` beside the new files; every device has to be set up again.
    ///   - now: seconds since 1970.
    public func create(_ settings: Settings = Settings(), replaces: Bool = false, now: Int64) throws(CertificateStoreError) {
        guard Self.isHostName(settings.serverName) else { throw .invalid("'\(settings.serverName)' is not a host name") }
        guard (1...825).contains(settings.days) else { throw .invalid("a server's certificate lives 1 to 825 days") }
        guard (1...36500).contains(settings.authorityDays) else { throw .invalid("a CA lives 1 to 36500 days") }
        try makeDirectory(directory)
        let present = contents.filter { !$0.hasPrefix("replaced-") }
        guard present.isEmpty || replaces else {
            throw exists ? .exists(directory.path) : .notEmpty(directory.path)
        }
        // Nothing is moved before everything that can fail by its settings has been made.
        let start = now - Self.clockSkewSeconds
        let authority = try Self.signing { () throws(TLSError) in
            try CertificateAuthority.create(
                commonName: "\(settings.organizationName) RADIUS CA", organizationName: settings.organizationName, key: settings.key,
                notBefore: start, days: settings.authorityDays)
        }
        let server = try Self.serverCertificate(settings.serverName, settings.organizationName, settings.days, authority, now)
        let list = try emptyList(authority, now)
        let profile = try AppleProfile(settings, authority: authority.certificate).encode()

        try moveAside(present, now)
        try write(authority.privateKey.pem, to: url(.authorityKey), isSecret: true)
        try writeServer(server, authority)
        try write(list.pem, to: url(.revocationList))
        try write(String(decoding: profile, as: UTF8.self), to: url(.appleProfile))
        try write(SetUpTexts.supplicant(settings), to: url(.supplicant))
        try write(SetUpTexts.readMe(settings), to: url(.readMe))
        // Last: its presence says that the rest is there.
        try write(authority.certificate.pem, to: url(.authority))
    }

    /// Makes what is missing for a first start: nothing when there is a CA.
    /// - Returns: whether something was made.
    @discardableResult
    public func ensure(_ settings: Settings = Settings(), now: Int64) throws(CertificateStoreError) -> Bool {
        guard !exists else { return false }
        try create(settings, now: now)
        return true
    }

    /// Makes a new server certificate with a new key; devices that know the CA take it as they took the last one.
    /// - Parameter serverName: nil: as before.
    public func renewServer(serverName: String? = nil, days: Int = 825, now: Int64) throws(CertificateStoreError) {
        let authority = try loadAuthority()
        let last = try certificate(in: url(.server))
        guard let name = serverName ?? last.dnsNames.first, Self.isHostName(name) else { throw .invalid("the server needs a host name") }
        guard (1...825).contains(days) else { throw .invalid("a server's certificate lives 1 to 825 days") }
        let server = try Self.serverCertificate(name, nil, days, authority, now)
        try writeServer(server, authority)
    }

    /// Settings of a TLS server with this certificate, this CA's clients and what is revoked now.
    public func serverConfiguration() throws(CertificateStoreError) -> TLSConfiguration {
        var configuration = TLSConfiguration(role: .server)
        configuration.certificateChain = try read(url(.server))
        configuration.privateKey = try read(url(.serverKey))
        configuration.trustedCertificates = try read(url(.authority))
        configuration.revocationLists = [Array(try read(url(.revocationList)).utf8)]
        return configuration
    }

    // MARK: Parts

    /// Devices whose clock is a little behind take new certificates too.
    static let clockSkewSeconds: Int64 = 3600

    private typealias SignedKey = (certificate: Certificate, privateKey: PrivateKey)

    private static func serverCertificate(
        _ name: String, _ organizationName: String?, _ days: Int, _ authority: CertificateAuthority, _ now: Int64
    ) throws(CertificateStoreError) -> SignedKey {
        var request = CertificateRequest(.server, commonName: name, notBefore: now - clockSkewSeconds, days: days)
        request.organizationName = organizationName
        request.alternativeNames.dnsNames = [name]
        let complete = request
        return try signing { () throws(TLSError) in try authority.issue(complete) }
    }

    private func writeServer(_ server: SignedKey, _ authority: CertificateAuthority) throws(CertificateStoreError) {
        try makeDirectory(issuedDirectory)
        try write(server.certificate.pem, to: issuedDirectory.appendingPathComponent("\(server.certificate.serialNumber).pem"))
        try write(server.privateKey.pem, to: url(.serverKey), isSecret: true)
        try write(server.certificate.pem + authority.certificate.pem, to: url(.server))
    }

    private func emptyList(_ authority: CertificateAuthority, _ now: Int64) throws(CertificateStoreError) -> RevocationList {
        try Self.signing { () throws(TLSError) in
            try authority.revocationList(
                [], number: 1, thisUpdate: now - Self.clockSkewSeconds, nextUpdate: authority.certificate.notAfter)
        }
    }

    private func moveAside(_ names: [String], _ now: Int64) throws(CertificateStoreError) {
        guard !names.isEmpty else { return }
        let target = directory.appendingPathComponent("replaced-\(now)", isDirectory: true)
        try makeDirectory(target)
        for name in names {
            do {
                try FileManager.default.moveItem(at: directory.appendingPathComponent(name), to: target.appendingPathComponent(name))
            } catch {
                throw .file(directory.appendingPathComponent(name).path, "cannot be moved")
            }
        }
    }

    private static func isHostName(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 64
            && labels.allSatisfy { label in
                !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy {
                        UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20
                            || $0 == UInt8(ascii: "-")
                    }
            }
    }
}

/// Why a ``CertificateStore`` did nothing.
public enum CertificateStoreError: Error, Equatable, CustomStringConvertible {
    /// There is a CA in this directory already.
    case exists(String)
    /// The directory holds other files.
    case notEmpty(String)
    /// There is no CA in this directory.
    case noAuthority(String)
    /// A client has a certificate already.
    case clientExists(String)
    /// No certificate has this name or serial number, or it is revoked already.
    case unknown(String)
    /// Wrong input.
    case invalid(String)
    /// A file that cannot be used: path and reason.
    case file(String, String)
    case tls(TLSError)

    public var description: String {
        switch self {
        case .exists(let path): "\(path) has a CA already; devices that trust it would have to be set up again"
        case .notEmpty(let path): "\(path) holds other files"
        case .noAuthority(let path): "\(path) has no CA; 'radian certificate init' makes one"
        case .clientExists(let name): "'\(name)' has a certificate already; revoke it first"
        case .unknown(let name): "no certificate in force has the name or serial number '\(name)'"
        case .invalid(let text): text
        case .file(let path, let reason): "\(path): \(reason)"
        case .tls(let error): error.description
        }
    }
}
