import Foundation
public import TLSEngine

extension CertificateStore {
    /// A certificate that this CA has issued.
    public struct Issued: Sendable, Equatable {
        public enum Status: String, Sendable {
            case valid, expired, revoked
        }

        public var certificate: Certificate
        public var status: Status
    }

    /// What ``issueClient(_:now:)`` hands out.
    public struct ClientFiles: Sendable {
        public var certificate: Certificate
        /// The client's certificate followed by the CA's.
        public var certificatePath: String
        public var keyPath: String
        /// Certificate, key and CA for import; nil: no password was given.
        public var bundlePath: String?
    }

    public struct ClientRequest: Sendable {
        /// The common name: what policy may take for the user's name.
        public var name: String
        public var emailAddress: String?
        public var userPrincipalName: String?
        public var days = 365
        /// For a PKCS#12 file; nil: none is made.
        public var bundlePassword: String?
        /// Issues another certificate for a name that has one; both are good.
        public var replaces = false

        public init(name: String) { self.name = name }
    }

    /// Makes a key and a certificate for it.
    @discardableResult
    public func issueClient(_ wanted: ClientRequest, now: Int64) throws(CertificateStoreError) -> ClientFiles {
        let authority = try loadAuthority()
        guard (1...36500).contains(wanted.days) else { throw .invalid("a certificate lives 1 to 36500 days") }
        let base = clientsDirectory.appendingPathComponent(Self.fileName(wanted.name))
        let certificateURL = base.appendingPathExtension("pem")
        guard wanted.replaces || !FileManager.default.fileExists(atPath: certificateURL.path) else { throw .clientExists(wanted.name) }

        var request = CertificateRequest(.client, commonName: wanted.name, notBefore: now - Self.clockSkewSeconds, days: wanted.days)
        if let address = wanted.emailAddress { request.alternativeNames.emailAddresses = [address] }
        if let name = wanted.userPrincipalName { request.alternativeNames.userPrincipalNames = [name] }
        let complete = request
        let issued = try Self.signing { () throws(TLSError) in try authority.issue(complete) }
        let bundle = try Self.signing { () throws(TLSError) -> [UInt8]? in
            guard let password = wanted.bundlePassword else { return nil }
            return try PKCS12.encode(
                issued.certificate, issued.privateKey, name: wanted.name, password: password, authorities: [authority.certificate])
        }

        // Recorded first: what is handed out can always be revoked.
        try makeDirectory(issuedDirectory)
        try makeDirectory(clientsDirectory)
        try write(issued.certificate.pem, to: issuedDirectory.appendingPathComponent("\(issued.certificate.serialNumber).pem"))
        let keyURL = base.appendingPathExtension("key")
        try write(issued.privateKey.pem, to: keyURL, isSecret: true)
        let bundleURL = base.appendingPathExtension("p12")
        if let bundle {
            try write(Data(bundle), to: bundleURL, isSecret: true)
        } else {
            // One of an earlier certificate would not belong to this key.
            try? FileManager.default.removeItem(at: bundleURL)
        }
        try write(issued.certificate.pem + authority.certificate.pem, to: certificateURL)
        return ClientFiles(
            certificate: issued.certificate, certificatePath: certificateURL.path, keyPath: keyURL.path,
            bundlePath: bundle == nil ? nil : bundleURL.path)
    }

    /// Every certificate issued, by its beginning.
    public func issued(now: Int64) throws(CertificateStoreError) -> [Issued] {
        guard exists else { throw .noAuthority(directory.path) }
        let revoked = Set(try loadRevocationList().entries.map(\.serialNumber))
        var found: [Issued] = []
        let names = (try? FileManager.default.contentsOfDirectory(atPath: issuedDirectory.path)) ?? []
        for name in names.sorted() where name.hasSuffix(".pem") {
            let certificate = try certificate(in: issuedDirectory.appendingPathComponent(name))
            let status: Issued.Status =
                revoked.contains(certificate.serialNumber) ? .revoked : certificate.notAfter < now ? .expired : .valid
            found.append(Issued(certificate: certificate, status: status))
        }
        return found.sorted { $0.certificate.notBefore < $1.certificate.notBefore }
    }

    /// Puts certificates on the revocation list and takes their files in `clients/` away.
    /// - Parameter target: a common name, which means all of its certificates, or a serial number.
    /// - Returns: what was revoked, one or more.
    @discardableResult
    public func revoke(_ target: String, now: Int64) throws(CertificateStoreError) -> [Certificate] {
        let authority = try loadAuthority()
        let matching = try issued(now: now).filter {
            $0.status != .revoked && ($0.certificate.commonName == target || $0.certificate.serialNumber == target.uppercased())
        }.map(\.certificate)
        guard !matching.isEmpty else { throw .unknown(target) }
        let last = try loadRevocationList()
        let entries = last.entries + matching.map { RevocationList.Entry(serialNumber: $0.serialNumber, revoked: now) }
        // Valid as long as the CA: it is this file, not a copy out of date, that our server reads, and nobody has to renew it.
        let list = try Self.signing { () throws(TLSError) in
            try authority.revocationList(
                entries, number: (last.number ?? 0) + 1, thisUpdate: now, nextUpdate: authority.certificate.notAfter)
        }
        try write(list.pem, to: url(.revocationList))
        for certificate in matching { removeFiles(of: certificate) }
        return matching
    }

    private func removeFiles(of certificate: Certificate) {
        guard let name = certificate.commonName else { return }
        let base = clientsDirectory.appendingPathComponent(Self.fileName(name))
        guard let handedOut = try? self.certificate(in: base.appendingPathExtension("pem")), handedOut == certificate else { return }
        for suffix in ["pem", "key", "p12"] { try? FileManager.default.removeItem(at: base.appendingPathExtension(suffix)) }
    }

    /// A name of people or devices as a file name: what could mean another directory becomes `_`.
    private static func fileName(_ name: String) -> String {
        let plain = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.@".contains($0)) ? $0 : "_" })
        return plain.hasPrefix(".") ? "_" + plain.dropFirst() : plain
    }
}
