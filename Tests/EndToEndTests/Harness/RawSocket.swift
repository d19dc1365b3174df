import Foundation
import Glibc

/// A UDP socket for datagrams of the test's own making.
final class RawSocket {
    private let descriptor: Int32

    /// Connected to a port of the local host.
    /// - Parameter host: the last octet of the address in 127.0.0.0/24 to send from.
    init(port: Int, from host: UInt8 = 1) throws {
        descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0, LoopbackAddress.with(0, host: host, { bind(descriptor, $0, $1) }) == 0, Self.connect(descriptor, port) == 0
        else { throw TimedOut(description: "socket: errno \(errno)") }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) {
        _ = Glibc.send(descriptor, bytes, bytes.count, 0)
    }

    /// The next datagram; nil when none comes in time.
    func receive(seconds: Double = 5) -> [UInt8]? {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, Int32(seconds * 1000)) > 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer.prefix(count)) : nil
    }

    fileprivate static func connect(_ descriptor: Int32, _ port: Int) -> Int32 {
        LoopbackAddress.with(port) { Glibc.connect(descriptor, $0, $1) }
    }
}

/// What the server tells over HTTP.
enum HTTPClient {
    /// The body of a page of the local host, and its status.
    static func get(_ path: String, port: Int) throws -> (status: Int, body: String) {
        var descriptor: Int32 = -1
        defer { close(descriptor) }
        // The program serves RADIUS and HTTP independently of each other.
        try eventually("HTTP on port \(port)") {
            close(descriptor)
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            return RawSocket.connect(descriptor, port) == 0
        }
        let request = Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw TimedOut(description: "HTTP request")
        }
        var answer = Data()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            answer.append(contentsOf: buffer[..<count])
        }
        let parts = String(decoding: answer, as: UTF8.self).components(separatedBy: "\r\n\r\n")
        let status = parts[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return (status, parts.dropFirst().joined(separator: "\r\n\r\n"))
    }
}

extension ServerUnderTest {
    /// A value of `/metrics`, by the whole name with its labels; 0 for an absent one.
    func metric(_ name: String) throws -> Int {
        let lines = try HTTPClient.get("/metrics", port: httpPort).body.split(separator: "\n")
        return lines.first { $0.hasPrefix(name + " ") }.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 0
    }

    func drops(_ reason: String, role: String = "authentication") throws -> Int {
        try metric("radian_radius_drops_total{role=\"\(role)\",reason=\"\(reason)\"}")
    }
}
