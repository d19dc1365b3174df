public import Database
import NIOConcurrencyHelpers
import ServerKernel

/// The server's own keys that credentials are derived from, read from the database once.
public final class ServerKeys: Sendable {
    private let keys = NIOLockedValueBox<[String: [UInt8]]>([:])

    public init() {}

    /// The key behind API tokens (``APITokenStore``); 32 octets.
    public func apiToken(over connection: any DatabaseConnection) throws(DatabaseError) -> [UInt8] {
        try key("api-token", over: connection)
    }

    /// The key behind CSRF tokens; 32 octets.
    func csrf(over connection: any DatabaseConnection) throws(DatabaseError) -> [UInt8] {
        try key("csrf", over: connection)
    }

    private func key(_ name: String, over connection: any DatabaseConnection) throws(DatabaseError) -> [UInt8] {
        if let key = keys.withLockedValue({ $0[name] }) { return key }
        let key = try ServerSecrets.key(name, over: connection)
        keys.withLockedValue { $0[name] = key }
        return key
    }
}
