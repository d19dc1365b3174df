import Foundation
import NIOConcurrencyHelpers

/// An HTTP/1.1 server that answers by a script, one request for each connection.
///
/// `@unchecked Sendable`: `seen` is guarded by its own lock, and the rest never changes after `init`.
public final class ScriptedWebServer: @unchecked Sendable {
    public struct Request: Sendable {
        public var line: String
        public var headers: [String: String]
        public var body: String
    }

    public struct Answer: Sendable {
        public var status: Int
        public var type: String
        public var body: String
        /// Keeps the client waiting until the server ends.
        public var isLate: Bool
        public var location: String?

        public init(status: Int, type: String = "application/json", body: String = "", isLate: Bool = false, location: String? = nil) {
            self.status = status
            self.type = type
            self.body = body
            self.isLate = isLate
            self.location = location
        }
    }

    public let port: UInt16
    private let descriptor: Int32
    private let seen = NIOLockedValueBox<[Request]>([])
    private let ended = NIOLockedValueBox(false)

    public var requests: [Request] { seen.withLockedValue { $0 } }
    public var url: String { "http://127.0.0.1:\(port)" }

    public init(_ script: @escaping @Sendable (Request) -> Answer) throws {
        signal(SIGPIPE, SIG_IGN)
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var bound = -1 as Int32
        var chosen: UInt16 = 0
        for _ in 0..<100 where bound != 0 {
            chosen = UInt16.random(in: 20_000...60_000)
            address.sin_port = chosen.bigEndian
            bound = withUnsafePointer(to: &address) { [descriptor] in
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
        }
        port = chosen
        guard bound == 0, listen(descriptor, 64) == 0 else { throw PeerProcess.Failed(description: "no port") }
        Thread.detachNewThread { [self] in
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                Thread.detachNewThread { self.serve(client, script) }
            }
        }
    }

    public func stop() {
        ended.withLockedValue { $0 = true }
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    private func serve(_ client: Int32, _ script: (Request) -> Answer) {
        defer { close(client) }
        var data = Data()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let text = String(decoding: data, as: UTF8.self)
            if let head = text.firstRange(of: "\r\n\r\n") {
                let lines = text[..<head.lowerBound].components(separatedBy: "\r\n")
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
                }
                let body = String(text[head.upperBound...])
                if body.utf8.count >= Int(headers["content-length"] ?? "0") ?? 0 {
                    let request = Request(line: lines[0], headers: headers, body: body)
                    seen.withLockedValue { $0.append(request) }
                    return answer(script(request), to: client)
                }
            }
            let count = read(client, &buffer, buffer.count)
            guard count > 0 else { return }
            data.append(contentsOf: buffer[..<count])
        }
    }

    private func answer(_ answer: Answer, to client: Int32) {
        // Until the client gives up or the test ends.
        if answer.isLate {
            var octet: UInt8 = 0
            _ = recv(client, &octet, 1, 0)
            return
        }
        let location = answer.location.map { "Location: \($0)\r\n" } ?? ""
        let text =
            "HTTP/1.1 \(answer.status) X\r\nContent-Type: \(answer.type)\r\n\(location)Content-Length: \(answer.body.utf8.count)\r\nConnection: close\r\n\r\n\(answer.body)"
        var octets = Array(text.utf8)[...]
        while !octets.isEmpty {
            let sent = octets.withUnsafeBytes { write(client, $0.baseAddress, $0.count) }
            guard sent > 0 else { return }
            octets = octets.dropFirst(sent)
        }
    }
}
