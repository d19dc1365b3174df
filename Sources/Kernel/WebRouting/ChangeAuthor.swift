/// Who is behind the changes that are made now, for the audit.
///
/// A request's and a command's work happens in many places, most of which need not know who asked: the author goes along with the task, and
/// with the pool's threads (`ConnectionPool`).
public struct ChangeAuthor: Sendable, Equatable {
    /// User's or organization's id; nil for the command line.
    public var id: String?
    /// As lists show it: a user name, or `command line (root)`; empty for nobody known.
    public var name: String
    /// Client's IP address; nil for the command line.
    public var address: String?

    public init(id: String? = nil, name: String, address: String? = nil) {
        self.id = id
        self.name = name
        self.address = address
    }

    /// The author of a request's changes.
    public init(_ request: WebRequest) {
        self.init(id: request.principal?.id, name: request.principal?.username ?? "", address: request.clientAddress)
    }

    /// Nil while the program works by itself.
    @TaskLocal public static var current: ChangeAuthor?
}
