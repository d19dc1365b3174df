import Database
import Digests
public import RADIUSPipeline
import ServerKernel

/// Writes accounting into the durable queue. Confined to the packet thread that made it.
public final class RelayQueue: RelayStore {
    private let connection: KeptConnection
    private let onEnqueue: @Sendable () -> Void
    private static let insert = Statement(
        """
        INSERT INTO radian_relay (destination, session, packet, received_at)
        SELECT r.destination, r.session, r.packet, r.received_at
        FROM {{rows destination text, session text, packet text, received_at bigint}}
        """)

    /// - Parameter onEnqueue: called after each commit.
    init(_ connection: KeptConnection, onEnqueue: @escaping @Sendable () -> Void) {
        self.connection = connection
        self.onEnqueue = onEnqueue
    }

    public func enqueue(_ entries: [RelayEntry]) throws(StoreError) {
        let columns: [DatabaseColumn] = [
            .text(entries.map(\.destination)), .text(entries.map(\.session)), .text(entries.map { Hexadecimal.encode($0.attributes) }),
            .integer(entries.map(\.receivedEpoch)),
        ]
        do {
            try connection.use { connection throws(DatabaseError) in
                try connection.transaction { () throws(DatabaseError) in
                    _ = try connection.executeRows(Self.insert, columns: columns)
                }
            }
        } catch {
            switch error.kind {
            case .connection, .timeout, .busy: throw .unavailable(error.description)
            default: throw .failed(error.description)
            }
        }
        onEnqueue()
    }
}
