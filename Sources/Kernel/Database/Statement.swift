/// SQL with parameters `$1`, `$2` ... and dialect tokens (``Dialect``), prepared once for each connection that runs it.
///
/// Connections recognise a statement by identity: keep it in a `static let` beside the function that runs it.
public final class Statement: Sendable {
    /// The text as written, tokens not yet rendered.
    public let sql: String

    /// Nothing is checked here: a wrong token or SQL is an error of the first execution.
    public init(_ sql: String) {
        self.sql = sql
    }
}
