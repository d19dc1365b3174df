import COpenSSL
import Foundation
import NIOConcurrencyHelpers
import TestPeers

/// What a browser, or Radian, asks a gateway or a controller.
struct GatewayRequest: Sendable {
    var method: String
    var isSecure: Bool
    /// Without the port.
    var host: String
    /// Without the query.
    var path: String
    /// Path and query as they came.
    var target: String
    var query: [String: String]
    var form: [String: String]
    var headers: [String: String]
    var body: String

    /// Of the form, or else of the query.
    subscript(name: String) -> String? { form[name] ?? query[name] }
}

struct GatewayAnswer: Sendable {
    var status = 200
    var type = "text/html; charset=utf-8"
    var body = ""
    var headers: [(name: String, value: String)] = []

    static func redirect(_ address: String) -> GatewayAnswer { GatewayAnswer(status: 302, headers: [("Location", address)]) }
    static func json(_ text: String) -> GatewayAnswer { GatewayAnswer(type: "application/json", body: text) }
    static let missing = GatewayAnswer(status: 404, body: "no such page")

    static func page(_ title: String, _ body: String = "") -> GatewayAnswer {
        GatewayAnswer(
            body: "<!DOCTYPE html><html lang=\"en\"><head><title>\(title)</title></head><body><h1>\(title)</h1>\(body)</body></html>")
    }
}

/// One port of the local host on which all simulated gateways and controllers answer, by HTTP and by HTTPS; the browser is told that all
/// their names and ports are here.
///
/// `@unchecked Sendable`: `handlers` is guarded by its own lock, and the rest never changes after `init`.
final class GatewayServer: @unchecked Sendable {
    static let shared = Result { try GatewayServer() }

    typealias Handler = @Sendable (GatewayRequest) -> GatewayAnswer

    let port: UInt16
    private let descriptor: Int32
    private let tls: OpaquePointer
    private let folder: TemporaryFolder
    private let handlers = NIOLockedValueBox<[String: Handler]>([:])

    private init() throws {
        signal(SIGPIPE, SIG_IGN)
        folder = try TemporaryFolder()
        let (certificate, key) = (folder.path("certificate.pem"), folder.path("key.pem"))
        try PeerProcess.run(
            "/usr/bin/openssl",
            ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=gateway", "-keyout", key, "-out", certificate])
        guard let tls = SSL_CTX_new(TLS_server_method()), SSL_CTX_use_certificate_file(tls, certificate, SSL_FILETYPE_PEM) == 1,
            SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) == 1
        else { throw Browser.Failed(description: "no TLS for gateways") }
        self.tls = tls
        port = PeerProcess.freePort()
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = port.bigEndian
        let bound = withUnsafePointer(to: &address) { [descriptor] in
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard bound == 0, listen(descriptor, 64) == 0 else { throw Browser.Failed(description: "no port for gateways") }
        Thread.detachNewThread { [self] in
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                Thread.detachNewThread { self.serve(client) }
            }
        }
    }

    /// Answers a host from now on.
    func serve(_ host: String, _ handler: @escaping Handler) { handlers.withLockedValue { $0[host] = handler } }

    private func serve(_ client: Int32) {
        defer { close(client) }
        var first: UInt8 = 0
        guard recv(client, &first, 1, Int32(MSG_PEEK)) == 1 else { return }
        // The first octet of a TLS record (RFC 8446 §5.1).
        guard first == 22 else {
            return exchange(isSecure: false) {
                read(client, $0, $1)
            } write: {
                Glibc.write(client, $0, $1)
            }
        }
        guard let session = SSL_new(tls) else { return }
        defer { SSL_free(session) }
        SSL_set_fd(session, client)
        guard SSL_accept(session) == 1 else { return }
        exchange(isSecure: true) {
            Int(SSL_read(session, $0, Int32($1)))
        } write: {
            Int(SSL_write(session, $0, Int32($1)))
        }
        SSL_shutdown(session)
    }

    private func exchange(
        isSecure: Bool, read: (UnsafeMutableRawPointer, Int) -> Int, write: (UnsafeRawPointer, Int) -> Int
    ) {
        var data: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let request = Self.request(data, isSecure: isSecure) {
                var octets = Self.octets(answer(request))[...]
                while !octets.isEmpty {
                    let sent = octets.withUnsafeBytes { bytes in bytes.baseAddress.map { write($0, bytes.count) } ?? 0 }
                    guard sent > 0 else { return }
                    octets = octets.dropFirst(sent)
                }
                return
            }
            let count = buffer.withUnsafeMutableBytes { bytes in bytes.baseAddress.map { read($0, bytes.count) } ?? 0 }
            guard count > 0 else { return }
            data += buffer[..<count]
        }
    }

    private func answer(_ request: GatewayRequest) -> GatewayAnswer {
        if request.path == "/favicon.ico" { return GatewayAnswer(status: 204) }
        return handlers.withLockedValue { $0[request.host] }?(request) ?? .missing
    }

    /// Nil until all of it has come.
    private static func request(_ data: [UInt8], isSecure: Bool) -> GatewayRequest? {
        let text = String(decoding: data, as: UTF8.self)
        guard let head = text.firstRange(of: "\r\n\r\n") else { return nil }
        let lines = text[..<head.lowerBound].components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        let body = String(text[head.upperBound...])
        guard body.utf8.count >= Int(headers["content-length"] ?? "0") ?? 0 else { return nil }
        let words = lines[0].split(separator: " ")
        guard words.count >= 2 else { return nil }
        let target = String(words[1])
        let path = target.prefix { $0 != "?" }
        return GatewayRequest(
            method: String(words[0]), isSecure: isSecure, host: String((headers["host"] ?? "").prefix { $0 != ":" }), path: String(path),
            target: target, query: pairs(String(target.dropFirst(path.count + 1))),
            form: headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") == true ? pairs(body) : [:], headers: headers,
            body: body)
    }

    private static func pairs(_ text: String) -> [String: String] {
        var pairs: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                String($0).replacing("+", with: " ").removingPercentEncoding ?? String($0)
            }
            pairs[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
        return pairs
    }

    private static func octets(_ answer: GatewayAnswer) -> [UInt8] {
        var head = "HTTP/1.1 \(answer.status) X\r\nContent-Type: \(answer.type)\r\nContent-Length: \(answer.body.utf8.count)\r\n"
        for (name, value) in answer.headers { head += "\(name): \(value)\r\n" }
        return Array((head + "Cache-Control: no-store\r\nConnection: close\r\n\r\n" + answer.body).utf8)
    }
}
