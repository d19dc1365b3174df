import Glibc

/// Why a listener could not start.
public struct ListenerError: Error, CustomStringConvertible {
    /// The address that could not be used.
    public let endpoint: SocketEndpoint
    /// The system's error number.
    public let errno: Int32

    /// `cannot listen on 0.0.0.0:1812: Address already in use`
    public var description: String { "cannot listen on \(endpoint): \(String(cString: strerror(errno)))" }
}
