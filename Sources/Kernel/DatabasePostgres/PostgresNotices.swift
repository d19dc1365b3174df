import CPostgres

/// What the server says beside its answers, which libpq would write to standard error.
///
/// One notice matters. With synchronous replication a commit waits for the standby; when somebody cancels the wait, the server reports
/// success all the same and only warns that the standby may not have it.
///
/// Used by the thread that uses the connection.
final class PostgresNotices {
    /// Whether a commit was not confirmed by the standby.
    var isUnconfirmed = false

    func attach(to handle: OpaquePointer) {
        PQsetNoticeReceiver(
            handle,
            { context, result in
                // The function's name, since messages are translated.
                guard let context, let result, let function = PQresultErrorField(result, Int32(UInt8(ascii: "R"))),
                    String(cString: function) == "SyncRepWaitForLSN"
                else { return }
                Unmanaged<PostgresNotices>.fromOpaque(context).takeUnretainedValue().isUnconfirmed = true
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}
