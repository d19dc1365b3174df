import Database
import Foundation

/// Who works on a batch: one process at a time, and each chunk's transaction proves that it still is that one.
struct BatchLeases {
    private let connection: any DatabaseConnection
    /// `host/process/UUID`, one for each worker.
    let owner: String
    /// A process that says nothing for so long has died, microseconds.
    static let duration: Int64 = 60_000_000

    init(_ connection: any DatabaseConnection, owner: String) {
        self.connection = connection
        self.owner = owner
    }

    /// A name for a worker that nobody else has.
    static func newOwner() -> String {
        "\(ProcessInfo.processInfo.hostName)/\(ProcessInfo.processInfo.processIdentifier)/\(UUID().uuidString.lowercased())"
    }

    private static let open = Statement(
        "SELECT id, lease_owner, lease_until FROM radian_batch WHERE status IN ('pending', 'processing') ORDER BY created, id LIMIT 100")
    private static let claim = Statement(
        """
        UPDATE radian_batch SET status = 'processing', lease_owner = $3, lease_until = $4, modified = $5
        WHERE id = $1 AND lease_owner = $2 AND status IN ('pending', 'processing')
        """)
    private static let renew = Statement("UPDATE radian_batch SET lease_until = $3 WHERE id = $1 AND lease_owner = $2")
    private static let seize = Statement("UPDATE radian_batch SET lease_owner = $2, lease_until = $3 WHERE id = $1")
    private static let advance = Statement(
        """
        UPDATE radian_batch SET position = $3, created_users = created_users + $4, linked_users = linked_users + $5,
            refused_rows = refused_rows + $6, lease_until = $7, modified = $8
        WHERE id = $1 AND lease_owner = $2 AND status = 'processing'
        """)
    private static let finish = Statement(
        """
        UPDATE radian_batch SET status = $3, error = $4, lease_owner = '', lease_until = 0, modified = $5
        WHERE id = $1 AND lease_owner = $2
        """)
    private static let release = Statement(
        "UPDATE radian_batch SET lease_owner = '', lease_until = 0 WHERE id = $1 AND lease_owner = $2")
    private static let cancel = Statement(
        """
        UPDATE radian_batch SET status = 'failed', error = $2, lease_owner = '', lease_until = 0, modified = $3
        WHERE id = $1 AND status IN ('pending', 'processing')
        """)

    /// Batches that nobody works on, the oldest first.
    func unattended() throws(DatabaseError) -> [(id: String, owner: String)] {
        let now = currentMicroseconds()
        return try connection.rows(Self.open) { ($0.text(0), $0.text(1), $0.integer(2)) }
            .filter { $0.1.isEmpty || $0.2 < now || Self.hasDied($0.1) }.map { ($0.0, $0.1) }
    }

    /// Takes a batch over from its present owner, who is empty for none.
    /// - Returns: false when somebody was faster.
    func claim(_ id: String, from present: String) throws(DatabaseError) -> Bool {
        let now = currentMicroseconds()
        return try connection.execute(
            Self.claim, [.text(id), .text(present), .text(owner), .integer(now + Self.duration), .integer(now)]) > 0
    }

    /// Keeps others away for another while.
    /// - Returns: false when the batch is somebody else's by now.
    func renew(_ id: String) throws(DatabaseError) -> Bool {
        try connection.execute(Self.renew, [.text(id), .text(owner), .integer(currentMicroseconds() + Self.duration)]) > 0
    }

    /// Takes a batch whoever works on it: that one's next transaction fails.
    func seize(_ id: String) throws(DatabaseError) {
        try connection.execute(Self.seize, [.text(id), .text(owner), .integer(currentMicroseconds() + Self.duration)])
    }

    /// Notes how far the batch is; call it in the transaction that writes the rows.
    /// - Throws: ``BatchLost`` when the batch was cancelled or is somebody else's: the transaction must not commit.
    func advance(_ id: String, to position: Int, by counts: ImportCounts) throws {
        let now = currentMicroseconds()
        let isMine =
            try connection.execute(
                Self.advance,
                [
                    .text(id), .text(owner), .integer(Int64(position)), .integer(Int64(counts.created)), .integer(Int64(counts.linked)),
                    .integer(Int64(counts.refused)), .integer(now + Self.duration), .integer(now),
                ]) > 0
        guard isMine else { throw BatchLost() }
    }

    /// Ends the work.
    /// - Returns: false when the batch is somebody else's by now.
    func finish(_ id: String, _ status: Batch.Status, error: String?) throws(DatabaseError) -> Bool {
        try connection.execute(
            Self.finish, [.text(id), .text(owner), .text(status.rawValue), .optional(error), .integer(currentMicroseconds())]) > 0
    }

    /// Leaves the batch to whoever looks next.
    func release(_ id: String) throws(DatabaseError) {
        try connection.execute(Self.release, [.text(id), .text(owner)])
    }

    /// Stops whoever works on a batch.
    /// - Returns: false when it was finished already.
    func cancel(_ id: String, because error: String) throws(DatabaseError) -> Bool {
        try connection.execute(Self.cancel, [.text(id), .text(error), .integer(currentMicroseconds())]) > 0
    }

    /// Whether an owner is a process of this machine that is gone, so that its batch need not wait for the lease's end.
    private static func hasDied(_ owner: String) -> Bool {
        let parts = owner.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == ProcessInfo.processInfo.hostName, let process = Int32(parts[1]),
            process != ProcessInfo.processInfo.processIdentifier
        else { return false }
        return kill(process, 0) != 0 && errno == ESRCH
    }
}

/// The batch was cancelled, undone or taken over by another process.
struct BatchLost: Error {}
