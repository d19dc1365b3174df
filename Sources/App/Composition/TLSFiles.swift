import Foundation
import ServerKernel
public import TLSEngine

/// Where certificate, key and trust of RADIUS over TLS lie, and what TLS may negotiate.
public struct TLSFiles: Sendable, Equatable {
    /// One or more: the first is shown to peers that ask for none of the others' names, and to home servers.
    public var certificates: [CertificateFiles]
    /// Of all keys that are encrypted.
    public var privateKeyPassword: String
    /// PEM file of the authorities whose certificates peers show.
    public var authorities: String
    /// PEM or DER files of revocation lists.
    public var revocationLists: [String]
    /// Whether a certificate of which no current list tells is refused.
    public var requiresRevocationList: Bool
    public var minimumVersion: TLSVersion
    /// OpenSSL's cipher list for TLS 1.2; empty for its default.
    public var ciphers: String

    /// Why the files cannot be used.
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    /// Reads the keys of a section.
    init(_ reader: inout ConfigurationReader, section: String) {
        certificates = CertificateFiles.read(&reader, section: section)
        privateKeyPassword = reader.secret(section, "private_key_password", default: "")
        authorities = reader.text(section, "ca", default: "var/certificates/ca.pem")
        revocationLists = reader.list(section, "crl", default: [EAPConfiguration.usualRevocationList])
        requiresRevocationList = reader.flag(section, "require_crl", default: false)
        minimumVersion = reader.value(section, "tls_minimum", default: .v1_2, expected: "1.2 or 1.3") { text in
            // RFC 9325 §3.1.1 forbids older ones.
            TLSVersion(rawValue: text).flatMap { $0 >= .v1_2 ? $0 : nil }
        }
        ciphers = reader.text(section, "ciphers", default: "")
    }

    /// Puts the values of a record in the place of these.
    init(_ values: [String: String], _ reader: inout ConfigurationReader, _ location: String, instead general: TLSFiles) {
        self = general
        certificates = CertificateFiles.read(values, &reader, location, instead: general.certificates)
        if let text = values["private_key_password"] { privateKeyPassword = text }
        if let text = values["ca"] { authorities = text }
        if let text = values["crl"] { revocationLists = text.split(whereSeparator: { ", ".contains($0) }).map(String.init) }
    }

    /// The files whose change matters.
    var paths: [String] { certificates.paths + [authorities] + revocationLists }

    /// Reads the files. Peers must show a certificate of the authorities.
    func configuration(_ role: TLSConfiguration.Role, _ transport: TLSConfiguration.Transport) throws -> TLSConfiguration {
        var tls = TLSConfiguration(role: role, transport: transport)
        let identities = try certificates.prefix(role == .server ? certificates.count : 1).map { files in
            guard FileManager.default.fileExists(atPath: files.certificate) else {
                throw Problem(description: "\(files.certificate) does not exist; 'radian certificate init' makes a CA and a certificate")
            }
            return try TLSConfiguration.Identity(certificateChain: text(files.certificate), privateKey: text(files.privateKey))
        }
        tls.show(identities)
        tls.privateKeyPassword = privateKeyPassword.isEmpty ? nil : privateKeyPassword
        tls.trustedCertificates = try text(authorities)
        tls.revocationLists = try revocationLists.compactMap { path in
            if path == EAPConfiguration.usualRevocationList, !FileManager.default.fileExists(atPath: path) { return nil }
            guard let data = FileManager.default.contents(atPath: path) else { throw Problem(description: "\(path) cannot be read") }
            return Array(data)
        }
        tls.requiresRevocationList = requiresRevocationList
        tls.minimumVersion = minimumVersion
        tls.ciphers = ciphers.isEmpty ? nil : ciphers
        tls.verification = .required
        return tls
    }

    private func text(_ path: String) throws -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw Problem(description: "\(path) cannot be read") }
        return text
    }
}
