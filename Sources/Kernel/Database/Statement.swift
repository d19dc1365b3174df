/// SQL with parameters `$1`, `$2` ... and dialect tokens (``Dialect``), prepared once for each connection that runs it.
///
/// Connections recognise a statement by identity: keep it in a `static let` beside the function that runs it.
public final class Statement: Sendable {
    /// The text as written, tokens not yet rendered.
    public let sql: String
    /// What SQLite tries first for each row of ``DatabaseConnection/executeRows(_:columns:)``; this statement is for rows that it does not
    /// change. Its parameters are numbers of columns, of which it may leave some out.
    ///
    /// SQLite writes every index again whose columns an UPDATE names, whether their values change or not: an upsert that names them all
    /// costs several times what a statement costs that names only what does change.
    public let firstOnSQLite: Statement?

    /// Nothing is checked here: a wrong token or SQL is an error of the first execution.
    public init(_ sql: String, firstOnSQLite: Statement? = nil) {
        self.sql = sql
        self.firstOnSQLite = firstOnSQLite
    }
}
