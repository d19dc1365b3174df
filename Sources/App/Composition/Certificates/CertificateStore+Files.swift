import Foundation
import TLSEngine

extension CertificateStore {
    func url(_ file: File) -> URL { directory.appendingPathComponent(file.rawValue) }

    var issuedDirectory: URL { directory.appendingPathComponent("issued", isDirectory: true) }
    var clientsDirectory: URL { directory.appendingPathComponent("clients", isDirectory: true) }

    var contents: [String] { (try? FileManager.default.contentsOfDirectory(atPath: directory.path))?.sorted() ?? [] }

    /// Makes a directory of the owner's only; one that is there keeps its mode.
    func makeDirectory(_ url: URL) throws(CertificateStoreError) {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .file(url.path, "the directory cannot be made")
        }
    }

    /// Replaces a file as a whole; a server that reads meanwhile sees the old or the new one.
    func write(_ text: String, to url: URL, isSecret: Bool = false) throws(CertificateStoreError) {
        try write(Data(text.utf8), to: url, isSecret: isSecret)
    }

    func write(_ data: Data, to url: URL, isSecret: Bool) throws(CertificateStoreError) {
        let fresh = url.appendingPathExtension("new")
        do {
            // The mode is right before the first octet is in.
            try? FileManager.default.removeItem(at: fresh)
            guard
                FileManager.default.createFile(
                    atPath: fresh.path, contents: nil, attributes: [.posixPermissions: isSecret ? 0o600 : 0o644])
            else { throw CertificateStoreError.file(url.path, "cannot be written") }
            let handle = try FileHandle(forWritingTo: fresh)
            defer { try? handle.close() }
            try handle.write(contentsOf: data)
            try handle.synchronize()
        } catch {
            throw .file(url.path, "cannot be written")
        }
        guard rename(fresh.path, url.path) == 0 else { throw .file(url.path, "cannot be written") }
    }

    func read(_ url: URL) throws(CertificateStoreError) -> String {
        guard let data = FileManager.default.contents(atPath: url.path) else { throw .file(url.path, "cannot be read") }
        return String(decoding: data, as: UTF8.self)
    }

    func certificate(in url: URL) throws(CertificateStoreError) -> Certificate {
        let text = try read(url)
        do { return try Certificate(pem: text) } catch { throw .file(url.path, error.description) }
    }

    func loadAuthority() throws(CertificateStoreError) -> CertificateAuthority {
        guard exists else { throw .noAuthority(directory.path) }
        let certificate = try certificate(in: url(.authority))
        let key = try read(url(.authorityKey))
        return try Self.signing { () throws(TLSError) in
            try CertificateAuthority(certificate: certificate, privateKey: PrivateKey(pem: key))
        }
    }

    func loadRevocationList() throws(CertificateStoreError) -> RevocationList {
        let text = try read(url(.revocationList))
        return try Self.signing { () throws(TLSError) in try RevocationList(Array(text.utf8)) }
    }

    static func signing<Value>(_ body: () throws(TLSError) -> Value) throws(CertificateStoreError) -> Value {
        do { return try body() } catch { throw .tls(error) }
    }
}
