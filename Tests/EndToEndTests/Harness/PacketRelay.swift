import Foundation
import Glibc
import RADIUSWire

/// Stands between a NAS and the server: keeps each packet, and loses, repeats or holds back those that a test wants so.
///
/// `@unchecked Sendable`: `lock` guards the stored variables.
final class PacketRelay: @unchecked Sendable {
    enum Direction { case request, reply }

    /// What goes on in place of a packet; nothing loses it. Called on the relay's thread, which it may hold up.
    /// - number: of the packet in its direction, from 0.
    typealias Rule = @Sendable (_ direction: Direction, _ number: Int, _ packet: [UInt8]) -> [[UInt8]]

    /// Where the NAS sends to.
    let port: Int
    private let near: Int32
    private let far: Int32
    private let rule: Rule
    private let lock = NSLock()
    private let ended = DispatchSemaphore(value: 0)
    private var isStopped = false
    private var packets: [(direction: Direction, bytes: [UInt8])] = []

    init(to serverPort: Int, _ rule: @escaping Rule = { _, _, packet in [packet] }) throws {
        self.rule = rule
        port = try Surroundings.freePorts(1)[0]
        (near, far) = (socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0), socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
        guard LoopbackAddress.with(port, { bind(near, $0, $1) }) == 0, LoopbackAddress.with(serverPort, { connect(far, $0, $1) }) == 0
        else {
            throw TimedOut(description: "relay: errno \(errno)")
        }
        Thread.detachNewThread { [self] in
            run()
            ended.signal()
        }
    }

    /// Ends it. Call once.
    func stop() {
        lock.withLock { isStopped = true }
        ended.wait()
        close(near)
        close(far)
    }

    /// What came in, before the rule.
    func seen(_ direction: Direction) -> [[UInt8]] {
        lock.withLock { packets.filter { $0.direction == direction }.map(\.bytes) }
    }

    private func run() {
        var client = sockaddr_in()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !lock.withLock({ isStopped }) {
            var entries = [pollfd(fd: near, events: Int16(POLLIN), revents: 0), pollfd(fd: far, events: Int16(POLLIN), revents: 0)]
            guard poll(&entries, 2, 50) > 0 else { continue }
            if entries[0].revents != 0 {
                var length = socklen_t(MemoryLayout<sockaddr_in>.size)
                let count = withUnsafeMutablePointer(to: &client) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { recvfrom(near, &buffer, buffer.count, 0, $0, &length) }
                }
                for packet in forwarded(.request, buffer.prefix(max(0, count))) { _ = send(far, packet, packet.count, 0) }
            }
            if entries[1].revents != 0 {
                let count = recv(far, &buffer, buffer.count, 0)
                for packet in forwarded(.reply, buffer.prefix(max(0, count))) {
                    _ = withUnsafePointer(to: &client) {
                        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                            sendto(near, packet, packet.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                        }
                    }
                }
            }
        }
    }

    private func forwarded(_ direction: Direction, _ packet: ArraySlice<UInt8>) -> [[UInt8]] {
        guard !packet.isEmpty else { return [] }
        let number = lock.withLock {
            packets.append((direction, Array(packet)))
            return packets.count { $0.direction == direction } - 1
        }
        return rule(direction, number, Array(packet))
    }
}

/// A point in a conversation at which a relay's rule waits until the test has done something.
final class Hold: Sendable {
    private let reached = DispatchSemaphore(value: 0)
    private let released = DispatchSemaphore(value: 0)

    /// The rule's side.
    func wait() {
        reached.signal()
        _ = released.wait(timeout: .now() + 30)
    }

    /// Waits until the conversation has come here.
    func expect() throws {
        guard reached.wait(timeout: .now() + 20) == .success else { throw TimedOut(description: "the conversation came to no hold") }
    }

    func release() { released.signal() }
}

/// Addresses of the local host.
enum LoopbackAddress {
    /// - Parameter host: the last octet of 127.0.0.0/24.
    static func with<R>(_ port: Int, host: UInt8 = 1, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = (UInt32(0x7f00_0000) | UInt32(host)).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}
