import NIOCore

extension SocketEndpoint {
    /// Nil for an address that is no IP address. The interface of a link-local address is left out: a connection knows it.
    init?(_ address: SocketAddress) {
        guard let text = address.ipAddress, let number = IPAddress(text), let port = address.port.flatMap({ UInt16(exactly: $0) }) else {
            return nil
        }
        self.init(address: number, port: port)
    }

    /// For SwiftNIO.
    func socketAddress() throws -> SocketAddress {
        try SocketAddress(packedIPAddress: ByteBuffer(bytes: address.bytes), port: Int(port))
    }
}
