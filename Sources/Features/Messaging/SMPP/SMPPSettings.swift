/// A connection to a short message service center.
public struct SMPPSettings: Sendable, Equatable {
    public var host: String
    /// 2775 is usual.
    public var port: Int
    public var systemType = ""
    /// Seconds after which the center is asked whether it lives; as long again for its answer.
    public var enquireLinkSeconds = 30.0
    /// Seconds between attempts to connect.
    public var reconnectSeconds = 5.0

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}
