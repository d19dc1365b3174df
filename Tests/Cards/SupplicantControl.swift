import Foundation
import Glibc

/// Answers what wpa_supplicant asks its user over the control interface.
///
/// `@unchecked Sendable`: `lock` guards what both threads touch.
public final class SupplicantControl: @unchecked Sendable {
    private let lock = NSLock()
    private var isStopped = false
    private let answer: @Sendable (String) -> String?

    /// - Parameter answer: the line to send for an event of the supplicant's, such as `CTRL-RSP-PASSWORD-0:secret`; nil for none.
    public init(_ answer: @escaping @Sendable (String) -> String?) {
        self.answer = answer
    }

    /// Attaches to the control socket at `path` as soon as it is there, and answers until stopped.
    public func serve(_ path: String) {
        Thread.detachNewThread { self.run(path) }
    }

    public func stop() { lock.withLock { isStopped = true } }

    private func run(_ path: String) {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(socket) }
        var wait = timeval(tv_sec: 0, tv_usec: 20_000)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        guard with(path + ".user", { bind(socket, $0, $1) }) == 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        var isAttached = false
        while !lock.withLock({ isStopped }) {
            if !isAttached {
                // Reading from a socket without peer waits the receive timeout, so that this does not spin.
                isAttached = with(path, { connect(socket, $0, $1) }) == 0 && send("ATTACH", socket)
            }
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0, let reply = answer(String(decoding: buffer[..<count], as: UTF8.self)) else { continue }
            _ = send(reply, socket)
        }
    }

    private func send(_ text: String, _ socket: Int32) -> Bool {
        let bytes = Array(text.utf8)
        return Glibc.send(socket, bytes, bytes.count, 0) == bytes.count
    }

    private func with(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}
