import Foundation
import NIOConcurrencyHelpers
import NIOSSL

/// The certificate that HTTPS shows, read again when its files change.
final class TLSIdentity: Sendable {
    private struct State {
        var context: NIOSSLContext
        var stamp: [Date?]
    }

    private let files: HTTPServerSettings.TLSFiles
    private let state: NIOLockedValueBox<State>

    /// - Throws: when the files cannot be read or do not belong together.
    init(_ files: HTTPServerSettings.TLSFiles) throws {
        self.files = files
        state = NIOLockedValueBox(State(context: try Self.context(files), stamp: Self.stamp(files)))
    }

    /// For new connections.
    var context: NIOSSLContext { state.withLockedValue { $0.context } }

    /// - Returns: whether there was something new.
    func reloadIfChanged() throws -> Bool {
        let stamp = Self.stamp(files)
        guard stamp != state.withLockedValue({ $0.stamp }) else { return false }
        let fresh = State(context: try Self.context(files), stamp: stamp)
        state.withLockedValue { $0 = fresh }
        return true
    }

    private static func context(_ files: HTTPServerSettings.TLSFiles) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(files.certificate).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: files.privateKey, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2", "http/1.1"]
        return try NIOSSLContext(configuration: configuration)
    }

    private static func stamp(_ files: HTTPServerSettings.TLSFiles) -> [Date?] {
        [files.certificate, files.privateKey].map { path in
            (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
        }
    }
}
