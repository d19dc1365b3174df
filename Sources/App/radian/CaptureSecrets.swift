import ArgumentParser
import Composition
import Logging
import NASClients
import RADIUSCapture
import RADIUSTransport
import RADIUSWire

/// Which shared secrets may belong to captured packets.
enum CaptureSecrets {
    /// - Parameter secret: serves every NAS; nil takes those of the configuration and the database.
    static func lookup(
        _ secret: String?, _ configuration: RadianConfiguration, _ options: ConfigurationOptions
    ) throws -> (IPAddress) -> [SharedSecret] {
        if let secret {
            guard let shared = SharedSecret(text: secret) else { throw ValidationError("The shared secret is empty.") }
            return { _ in [shared] }
        }
        let registry = NASRegistry(
            configured: configuration.nasClients, logger: Logger(label: "radian") { _ in SwiftLogNoOpLogHandler() })
        try registry.refresh(over: options.openForReading())
        let table = registry.table
        return { table.clients(for: $0, over: .udp).map(\.secret) }
    }
}

extension CaptureSource {
    /// Opens an interface, or a file where there is none.
    convenience init(interface: String?, file: String?) throws(CaptureError) {
        if let interface { try self.init(interface: interface) } else { try self.init(file: file ?? "") }
    }

    /// The next frame, however long it takes; nil at the end.
    func nextFrame() throws(CaptureError) -> CapturedFrame? {
        while true {
            switch try next() {
            case .frame(let frame): return frame
            case .pause: continue
            case .end: return nil
            }
        }
    }
}
