/// A connection that hears what transactions tell on a channel, once they are committed (PostgreSQL's LISTEN and NOTIFY).
///
/// For one thread at a time.
public protocol DatabaseListener: AnyObject {
    /// Blocks until something was told or the time is over.
    /// - Returns: what was told, in the order of the commits; equal texts of one transaction come once.
    /// - Throws: kind `connection` when the connection is lost; what was told meanwhile is lost, too.
    func wait(milliseconds: Int) throws(DatabaseError) -> [String]
}

extension DatabaseEngine {
    /// An engine that has no such thing.
    public func listen(to channel: String) throws(DatabaseError) -> (any DatabaseListener)? { nil }
}
