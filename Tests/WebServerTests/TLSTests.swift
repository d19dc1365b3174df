import Foundation
import HTTPTypes
import Logging
import Testing
import WebRouting
import WebServer

@Suite struct TLSTests {
    private static let routes = [
        Route(.get, "/who/", "") { request in WebResponse(contentType: "text/plain", body: "\(request.origin) \(request.clientAddress)") },
        Route(.post, "/echo/", "", bodyLimit: 1 << 20) { request in
            WebResponse(headers: [.contentType: "application/octet-stream"], body: .bytes(request.body))
        },
        Route(.post, "/small/", "", form: Form([Field("name")]), bodyLimit: 10) { _ in WebResponse() },
    ]

    /// A folder with `certificate.pem` and `key.pem` for a name.
    private static func certificate(_ name: String, in folder: URL) async throws {
        _ = try await RunningServer.run(
            "cd \(folder.path) && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=\(name) "
                + "-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key.new -out certificate.new "
                + "&& mv key.new key.pem && mv certificate.new certificate.pem")
    }

    private func withTLS(
        headTimeout: Duration = .seconds(15), sockets: [WebSocketRoute] = [],
        _ body: @escaping @Sendable (_ curl: String, _ port: Int, _ server: HTTPServer, _ folder: URL) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "radian-tls-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await Self.certificate("first", in: folder)
        try await RunningServer.with(
            Self.routes, sockets: sockets,
            change: { settings in
                settings.headTimeout = headTimeout
                settings.tls = .init(
                    certificate: folder.appending(path: "certificate.pem").path, privateKey: folder.appending(path: "key.pem").path)
            }
        ) { port, server, _ in
            try await body("curl -s --cacert \(folder.path)/certificate.pem", port, server, folder)
        }
    }

    @Test func `HTTP/2 and HTTP/1.1 as the client likes`() async throws {
        try await withTLS { curl, port, _, _ in
            let url = "https://localhost:\(port)"
            let text1 = try await RunningServer.run("\(curl) --http2 -w ' %{http_version}' \(url)/who")
            #expect(text1 == "\(url) 127.0.0.1 2")
            let text2 = try await RunningServer.run("\(curl) --http1.1 -w ' %{http_version}' \(url)/who")
            #expect(text2 == "\(url) 127.0.0.1 1.1")
            let text3 = try await RunningServer.run("\(curl) --http2 -o /dev/null -w '%{http_code}' \(url)/nowhere")
            #expect(text3 == "404")
        }
    }

    @Test func `bodies over HTTP/2, many at once`() async throws {
        try await withTLS { curl, port, _, folder in
            let url = "https://localhost:\(port)"
            let same = try await RunningServer.run(
                "cd \(folder.path) && head -c 700000 /dev/urandom > body && \(curl) --http2 -H Content-Type:application/octet-stream --data-binary @body \(url)/echo | cmp - body && echo same"
            )
            #expect(same == "same\n")
            let text4 = try await RunningServer.run("\(curl) --http2 -d name=much-too-long -o /dev/null -w '%{http_code}' \(url)/small")
            #expect(text4 == "413")
            let codes = try await RunningServer.run(
                "\(curl) --http2 --parallel -o /dev/null -w '%{http_code} ' '\(url)/who/?n=[1-50]'")
            #expect(codes == String(repeating: "200 ", count: 50))
        }
    }

    @Test func `old versions of TLS are refused`() async throws {
        try await withTLS { _, port, _, _ in
            let old = try await RunningServer.run(
                "openssl s_client -connect 127.0.0.1:\(port) -tls1_1 -cipher ALL:@SECLEVEL=0 </dev/null 2>&1 | grep -c 'Cipher is (NONE)'")
            #expect(old == "1\n")
        }
    }

    @Test func `a new certificate is shown to new connections; a broken one changes nothing`() async throws {
        try await withTLS { _, port, server, folder in
            let subject = "openssl s_client -connect 127.0.0.1:\(port) </dev/null 2>/dev/null | openssl x509 -noout -subject"
            let text5 = try await RunningServer.run(subject)
            #expect(text5.contains("first"))
            try await Self.certificate("second", in: folder)
            try server.reloadCertificate()
            let text6 = try await RunningServer.run(subject)
            #expect(text6.contains("second"))
            try Data("nonsense".utf8).write(to: folder.appending(path: "certificate.pem"))
            #expect(throws: (any Error).self) { try server.reloadCertificate() }
            let text7 = try await RunningServer.run(subject)
            #expect(text7.contains("second"))
        }
    }

    @Test func `a handshake that does not end is cut off, and clear text is no way in`() async throws {
        try await withTLS(headTimeout: .milliseconds(300)) { _, port, _, _ in
            for start in ["", "\u{16}\u{3}\u{1}", "GET /who/ HTTP/1.1\r\nHost: a\r\n\r\n"] {
                let text = try await RunningServer.blocking {
                    let connection = try RawConnection(port: port)
                    defer { connection.close() }
                    connection.send(start)
                    return connection.receiveToEnd()
                }
                #expect(try #require(text).contains("127.0.0.1") == false)
            }
        }
    }

    @Test func `certificate and key must exist and belong together`() throws {
        var settings = HTTPServerSettings(host: "127.0.0.1", port: 0)
        settings.tls = .init(certificate: "/nonexistent/certificate.pem", privateKey: "/nonexistent/key.pem")
        #expect(throws: (any Error).self) {
            try HTTPServer(
                WebService(routes: [], authenticator: Nobody(), logger: .init(label: "test")), settings: settings,
                logger: .init(label: "test"))
        }
    }

    private struct Nobody: Authenticator {
        func principal(for request: WebRequest, accepting kinds: [CredentialKind]) async throws -> Principal? { nil }
    }

    @Test func `a WebSocket over TLS, by Python`() async throws {
        let echo = WebSocketRoute("/ws/", "", access: .anonymous) { socket, _ in
            for await text in socket.messages { try await socket.send("echo " + text) }
        }
        try await withTLS(sockets: [echo]) { _, port, _, folder in
            let script = """
                import socket, ssl, os
                c = ssl.create_default_context(cafile='\(folder.path)/certificate.pem')
                c.set_alpn_protocols(['http/1.1'])
                s = c.wrap_socket(socket.create_connection(('localhost', \(port)), 20), server_hostname='localhost')
                s.sendall(b'GET /ws/ HTTP/1.1\\r\\nHost: localhost:\(port)\\r\\nOrigin: https://localhost:\(port)\\r\\nConnection: Upgrade\\r\\n'
                    b'Upgrade: websocket\\r\\nSec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n')
                h = b''
                while not h.endswith(b'\\r\\n\\r\\n'): h += s.recv(1)
                s.sendall(bytes([0x81, 0x82, 0, 0, 0, 0]) + b'hi')
                f = b''
                while len(f) < 9: f += s.recv(9 - len(f))
                print(h.split()[1].decode(), b's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' in h, f[2:].decode())
                """
            let file = folder.appending(path: "client.py")
            try Data(script.utf8).write(to: file)
            let text8 = try await RunningServer.run("python3 \(file.path)")
            #expect(text8 == "101 True echo hi\n")
        }
    }
}
