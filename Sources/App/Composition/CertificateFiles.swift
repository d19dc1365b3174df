import Foundation
import ServerKernel
import TLSEngine

/// A certificate of this server and its key.
public struct CertificateFiles: Sendable, Equatable {
    /// PEM file, the server's certificate first, then its intermediates.
    public var certificate: String
    /// PEM file.
    public var privateKey: String

    private static let directory = "var/certificates/"

    /// Reads the keys `certificate` and `private_key` of a section, each a file or a list of files.
    /// - Returns: one pair or more.
    static func read(_ reader: inout ConfigurationReader, section: String) -> [CertificateFiles] {
        let certificates = reader.list(section, "certificate", default: [directory + "server.pem"])
        let keys = reader.list(section, "private_key", default: [directory + "server.key"])
        guard let pairs = pairs(certificates, keys) else {
            reader.report(reader.location(section, "private_key"), mismatch)
            return [CertificateFiles(certificate: certificates.first ?? "", privateKey: keys.first ?? "")]
        }
        return pairs
    }

    /// The same keys of a record, whose files are separated by commas.
    /// - Parameter general: what a key that the record lacks is taken from.
    static func read(
        _ values: [String: String], _ reader: inout ConfigurationReader, _ location: String, instead general: [CertificateFiles]
    ) -> [CertificateFiles] {
        func files(_ key: String) -> [String]? {
            values[key].map { $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty } }
        }
        guard values["certificate"] != nil || values["private_key"] != nil else { return general }
        let pairs = pairs(files("certificate") ?? general.map(\.certificate), files("private_key") ?? general.map(\.privateKey))
        if pairs == nil { reader.report(location, mismatch) }
        return pairs ?? general
    }

    private static let mismatch = "'certificate' and 'private_key' must name as many files, each key for the certificate of the same place"

    private static func pairs(_ certificates: [String], _ keys: [String]) -> [CertificateFiles]? {
        guard !certificates.isEmpty, certificates.count == keys.count else { return nil }
        return zip(certificates, keys).map { CertificateFiles(certificate: $0, privateKey: $1) }
    }
}

extension TLSConfiguration {
    /// - Parameter identities: the usual one first.
    mutating func show(_ identities: [Identity]) {
        certificateChain = identities.first?.certificateChain ?? ""
        privateKey = identities.first?.privateKey ?? ""
        furtherIdentities = Array(identities.dropFirst())
    }
}

extension [CertificateFiles] {
    /// The files whose change matters.
    var paths: [String] { flatMap { [$0.certificate, $0.privateKey] } }
}
