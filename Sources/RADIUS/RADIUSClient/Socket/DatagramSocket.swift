import CUDP
import Glibc

/// A UDP socket that closes with its last reference. Any thread may use it.
final class DatagramSocket: Sendable {
    let descriptor: Int32

    /// - Parameters:
    ///   - receiveBuffer: octets to ask of the kernel; 0 leaves its default.
    ///   - waitMilliseconds: bounds a waiting `cudp_receive`; 0 does not.
    init(boundTo local: cudp_endpoint, receiveBuffer: UInt32 = 0, waitMilliseconds: UInt32 = 0) throws(ClientError) {
        var local = local
        descriptor = cudp_open(&local, receiveBuffer, waitMilliseconds)
        guard descriptor >= 0 else { throw .system("bind", -descriptor) }
    }

    /// Sends to, and receives from, one peer only: the kernel drops datagrams of all others.
    convenience init(connectedTo peer: cudp_endpoint, receiveBuffer: UInt32 = 0) throws(ClientError) {
        var local = cudp_endpoint()
        local.version = peer.version
        try self.init(boundTo: local, receiveBuffer: receiveBuffer)
        var peer = peer
        let code = cudp_connect(descriptor, &peer)
        guard code == 0 else { throw .system("connect", -code) }
    }

    deinit { if descriptor >= 0 { cudp_close(descriptor) } }

    var localPort: UInt16 { cudp_local(descriptor).port }

    /// Sends to the connected peer.
    func send(_ bytes: [UInt8]) throws(ClientError) {
        var code = cudp_send(descriptor, bytes, UInt32(bytes.count), nil, nil)
        // An ICMP message that an earlier datagram caused is reported here once, and this datagram is not sent.
        if code == -ECONNREFUSED { code = cudp_send(descriptor, bytes, UInt32(bytes.count), nil, nil) }
        guard code == 0 || code == -ECONNREFUSED else { throw .system("send", -code) }
    }

    enum Received {
        case datagram([UInt8])
        case timeout
        case refused
    }

    /// Waits for one datagram until `deadline` on ``MonotonicClock``.
    func receive(until deadline: UInt64) throws(ClientError) -> Received {
        while true {
            let now = MonotonicClock.now()
            guard now < deadline else { return .timeout }
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let milliseconds = Int32(clamping: (deadline - now + 999_999) / 1_000_000)
            guard poll(&entry, 1, milliseconds) > 0 else { continue }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count >= 0 { return .datagram(Array(buffer.prefix(count))) }
            switch errno {
            case ECONNREFUSED: return .refused
            case EAGAIN, EINTR: continue
            default: throw .system("recv", errno)
            }
        }
    }
}
