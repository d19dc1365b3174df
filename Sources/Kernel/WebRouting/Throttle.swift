/// How often one caller may use the routes that share the throttle's name.
public struct Throttle: Sendable, Hashable {
    /// Routes with the same name share their counts.
    public var name: String
    /// Requests in ``seconds``; nil does not limit.
    public var limit: Int?
    public var seconds: Int

    public init(_ name: String, limit: Int?, per seconds: Int) {
        self.name = name
        self.limit = limit
        self.seconds = seconds
    }

    /// 400 an hour, shared by the routes of accounts and batches.
    public static let others = Throttle("others", limit: 400, per: 3600)
    /// 20 a day for the token and password routes of the users API.
    public static let userAuthentication = Throttle("users-auth", limit: 20, per: 86400)
}
