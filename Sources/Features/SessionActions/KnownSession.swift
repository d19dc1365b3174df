public import Database
import NIOConcurrencyHelpers
import RADIUSWire
public import RADIUSPipeline
import ServerKernel

/// Tells whoever sends us a Disconnect- or CoA-Request that nothing routes whether the session is one of ours: without one the answer is
/// Error-Cause 503, otherwise 502. The last step of dynamic authorization.
///
/// `@unchecked Sendable`: `lock` guards `connection`.
public final class KnownSession: Stage, @unchecked Sendable {
    public static let name = "Known session"
    public var name: String { Self.name }
    private let lock = NIOLock()
    private let connection: KeptConnection

    private static let find = Statement(
        """
        SELECT count(*) FROM (
            SELECT 1 FROM radacct WHERE acctstoptime IS NULL AND ($1 = '' OR username = $1) AND ($2 = '' OR acctsessionid = $2)
                AND ($3 = '' OR callingstationid = $3) LIMIT 1) AS found
        """)

    public init(_ engine: any DatabaseEngine) {
        connection = KeptConnection(engine, .general)
    }

    public func run(_ context: inout RequestContext) -> StageResult {
        let keys = [1, 44, 31].map { context.packet.text($0) ?? "" }
        guard keys.contains(where: { !$0.isEmpty }) else {
            context.errorCause = .missingAttribute
            return .next
        }
        return .offload { [self] context in
            do throws(DatabaseError) {
                if try !isOpen(keys) { context.errorCause = .sessionContextNotFound }
                return .next
            } catch {
                return .decided(.fail(.unavailable(error.description)))
            }
        }
    }

    private func isOpen(_ keys: [String]) throws(DatabaseError) -> Bool {
        let result = lock.withLock {
            Result { () throws(DatabaseError) in
                try connection.use { connection throws(DatabaseError) in
                    try connection.first(Self.find, keys.map { .text($0) }) { row throws(DatabaseError) in row.integer(0) } ?? 0
                }
            }
        }
        return try result.get() > 0
    }
}
