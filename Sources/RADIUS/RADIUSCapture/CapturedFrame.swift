/// One frame as a network interface saw it.
public struct CapturedFrame: Sendable {
    /// When, microseconds since 1970 UTC.
    public var epochMicroseconds: Int64
    /// What was kept of it, from its link-layer header on.
    public var octets: [UInt8]
    /// Octets on the wire; more than ``octets`` holds where the capture cut it.
    public var length: Int

    public init(epochMicroseconds: Int64, octets: [UInt8], length: Int? = nil) {
        self.epochMicroseconds = epochMicroseconds
        self.octets = octets
        self.length = length ?? octets.count
    }
}

/// Why frames cannot be read or written.
public struct CaptureError: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
