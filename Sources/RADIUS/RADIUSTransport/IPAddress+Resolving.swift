import Glibc

extension IPAddress {
    /// Looks a host name up in the system's resolver and takes its first address; an address as text is taken as it is.
    ///
    /// Blocks until the resolver answers or gives up, so it has no place on a packet thread. Nil for a name without address.
    public init?(resolving host: String) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        var results: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &results) == 0, let first = results else { return nil }
        defer { freeaddrinfo(results) }
        guard let address = first.pointee.ai_addr else { return nil }
        switch first.pointee.ai_family {
        case AF_INET:
            var number = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_addr }
            self.init(bytes: withUnsafeBytes(of: &number) { Array($0) })
        case AF_INET6:
            var number = address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { $0.pointee.sin6_addr }
            self.init(bytes: withUnsafeBytes(of: &number) { Array($0) })
        default:
            return nil
        }
    }
}
