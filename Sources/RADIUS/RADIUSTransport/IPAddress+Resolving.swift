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
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN) + Int(IF_NAMESIZE) + 1)
        let addrinfo = first.pointee
        guard getnameinfo(addrinfo.ai_addr, addrinfo.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 else {
            return nil
        }
        // A link-local address has its interface after a percent sign.
        self.init(String(decoding: text.prefix { $0 != 0 && $0 != 37 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }
}
