import Database
import Digests
import NIOConcurrencyHelpers
import ServerKernel

/// Makes codes, and what is kept of them.
final class PhoneCodes: Sendable {
    private let key = NIOLockedValueBox<[UInt8]?>(nil)

    /// Digits from the system's generator; zeros may come first.
    static func make(length: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<length).map { _ in String(Int.random(in: 0...9, using: &generator)) }.joined()
    }

    /// A code's HMAC-SHA256 under a key of the server, in hexadecimal digits: so few digits could be tried out against a plain hash.
    /// - Parameter id: of the token, so that equal codes differ.
    func digest(_ code: String, of id: String, over connection: any DatabaseConnection) throws(DatabaseError) -> String {
        Hexadecimal.encode(HMACSHA256(key: try serverKey(connection)).authenticate(Array("\(id) \(code)".utf8)))
    }

    private func serverKey(_ connection: any DatabaseConnection) throws(DatabaseError) -> [UInt8] {
        if let known = key.withLockedValue({ $0 }) { return known }
        let read = try ServerSecrets.key("phone-token", over: connection)
        key.withLockedValue { $0 = read }
        return read
    }
}
