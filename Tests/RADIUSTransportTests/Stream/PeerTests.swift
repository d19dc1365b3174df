import Digests
import Foundation
import Logging
import NIOConcurrencyHelpers
import RADIUSWire
import TLSEngine
import Testing

@testable import RADIUSTransport

/// Other implementations as clients, proxies and servers of ours. What is not installed is skipped.
@Suite(.serialized) struct PeerTests {
    private static func has(_ program: String) -> Bool { path(program) != nil }

    private static func path(_ program: String) -> String? {
        ["/usr/bin/", "/usr/sbin/"].map { $0 + program }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// A program that runs until it is let go.
    private final class Running {
        let process = Process()
        private let output = Pipe()
        private let text = NIOLockedValueBox("")

        init(_ program: String, _ arguments: [String], input: String? = nil) throws {
            process.executableURL = URL(fileURLWithPath: try #require(PeerTests.path(program)))
            process.arguments = arguments
            process.standardOutput = output
            process.standardError = output
            output.fileHandleForReading.readabilityHandler = { [text] handle in
                let data = handle.availableData
                text.withLockedValue { $0 += String(decoding: data, as: UTF8.self) }
            }
            let standardInput = Pipe()
            process.standardInput = standardInput
            try process.run()
            if let input { standardInput.fileHandleForWriting.write(Data(input.utf8)) }
            if input != nil { try standardInput.fileHandleForWriting.close() }
        }

        deinit {
            output.fileHandleForReading.readabilityHandler = nil
            // What blocks SIGTERM hands that on to its children.
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
        }

        var printed: String { text.withLockedValue { $0 } }

        func wait(for word: String) throws {
            try TestStreamServer.eventually { printed.contains(word) || !process.isRunning }
            try #require(printed.contains(word), "\(printed)")
        }

        /// What it has printed by its end.
        func finish() throws -> String {
            try TestStreamServer.eventually { !process.isRunning }
            // The last words may still be in the pipe.
            usleep(100_000)
            return printed
        }
    }

    private static func directory() throws -> URL {
        let directory = FileManager.default.temporaryDirectory.appending(path: "radius-peer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        return directory
    }

    private static func radclient(_ arguments: [String], _ port: UInt16, secret: String = "testing123") throws -> String {
        try Running(
            "radclient", ["-x", "-t", "5", "-r", "1"] + arguments + ["127.0.0.1:\(port)", "auth", secret],
            input: "User-Name = \"bob\"\nUser-Password = \"hello\"\nMessage-Authenticator = 0x00\n"
        ).finish()
    }

    private static let accept: @Sendable (ReceivedRequest) -> Disposition = { request in
        guard request.packet.userPassword(request.client.secret) == Array("hello".utf8) else {
            return .reply(ReplyPacket(code: .accessReject, delay: .zero))
        }
        return .reply(ReplyPacket(code: .accessAccept, attributes: [18, 4, 104, 105]))
    }

    /// An unused UDP and TCP port for a program that has to be told one.
    private static func unusedPort() throws -> UInt16 {
        let socket = try UDPSocket(boundTo: try #require(SocketEndpoint("127.0.0.1:0")), receiveBufferBytes: 0)
        return socket.local.port
    }

    @Test(.enabled(if: has("radclient"))) func radclientOverTCP() throws {
        let server = try TestStreamServer(decide: Self.accept)
        let output = try Self.radclient(["-P", "tcp"], try server.endpoint.port)
        #expect(output.contains("Received Access-Accept"), "\(output)")
    }

    private static func proxyConfiguration(
        _ authority: TestAuthority, _ identity: TestAuthority.Identity, listen: String, client: String, server: String
    ) -> String {
        """
        LogLevel 2
        \(listen)
        tls default {
            CACertificateFile \(authority.caPath)
            CertificateFile \(identity.certificatePath)
            CertificateKeyFile \(identity.keyPath)
        }
        \(client)
        \(server)
        realm * {
            server home
            accountingServer home
        }

        """
    }

    /// radclient → radsecproxy → TLS or DTLS → us.
    @Test(.enabled(if: has("radclient") && has("radsecproxy")), arguments: [NASTransport.tls, .dtls])
    func radsecproxyAsClient(_ transport: NASTransport) throws {
        let authority = try TestAuthority.shared.get()
        let port: UInt16
        let (stream, datagram): (TestStreamServer?, TestDTLSServer?)
        if transport == .tls {
            let configuration = TLSConfiguration.test(
                .server, try authority.issue("localhost", names: ["DNS:localhost", "IP:127.0.0.1"]), trusting: authority)
            let server = try TestStreamServer(
                .tls, clients: [.certified("proxy", .dns("proxy.example.org"))], context: try TLSContext(configuration), decide: Self.accept
            )
            port = try server.endpoint.port
            (stream, datagram) = (server, nil)
        } else {
            let server = try TestDTLSServer(decide: Self.accept)
            port = try server.endpoint.port
            (stream, datagram) = (nil, server)
        }
        let udp = try Self.unusedPort()
        let directory = try Self.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appending(path: "proxy.conf")
        let configuration = Self.proxyConfiguration(
            authority, try authority.issue("proxy", names: ["DNS:proxy.example.org"]), listen: "ListenUDP 127.0.0.1:\(udp)",
            client: "client 127.0.0.1 {\n type udp\n secret testing123\n}",
            server: """
                server home {
                    type \(transport.rawValue)
                    host 127.0.0.1
                    port \(port)
                    certificateNameCheck off
                    statusserver on
                }
                """)
        try Data(configuration.utf8).write(to: file)
        let proxy = try Running("radsecproxy", ["-f", "-d", "2", "-c", file.path])
        func opened() -> Int { Int(stream?.links(.tls).opened ?? datagram?.links.opened ?? 0) }
        try TestStreamServer.eventually { opened() > 0 || !proxy.process.isRunning }
        let output = try Self.radclient([], udp)
        #expect(output.contains("Received Access-Accept"), "\(output)\n\(proxy.printed)")
        #expect(opened() == 1)
    }

    /// Us → TLS or DTLS → radsecproxy → UDP → us.
    @Test(.enabled(if: has("radsecproxy")), arguments: [NASTransport.tls, .dtls])
    func radsecproxyAsServer(_ transport: NASTransport) throws {
        let authority = try TestAuthority.shared.get()
        let home = try TestListener(decide: Self.accept)
        let udp = try #require(home.listener.boundEndpoints.first).port
        let port = try Self.unusedPort()
        let directory = try Self.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appending(path: "proxy.conf")
        let configuration = Self.proxyConfiguration(
            authority, try authority.issue("localhost", names: ["DNS:localhost", "IP:127.0.0.1"]),
            listen: "Listen\(transport.rawValue.uppercased()) 127.0.0.1:\(port)",
            client: """
                client 127.0.0.1 {
                    type \(transport.rawValue)
                    certificateNameCheck off
                    secret \(transport == .tls ? "radsec" : "radius/dtls")
                }
                """,
            server: "server home {\n type udp\n host 127.0.0.1\n port \(udp)\n secret testing123\n}")
        try Data(configuration.utf8).write(to: file)
        let proxy = try Running("radsecproxy", ["-f", "-d", "2", "-c", file.path])
        let connections = try TestConnections()
        var tls = TLSConfiguration.test(
            .client, try authority.issue("client"), transport: transport == .tls ? .stream : .datagram, trusting: authority)
        tls.serverName = "localhost"
        tls.checksServerName = true
        let peer = try #require(SocketEndpoint("127.0.0.1:\(port)"))
        let link = ConnectedLink(
            .init(peer: peer, transport: transport, secret: nil), context: try TLSContext(tls),
            environment: connections.environment)
        defer { link.stop() }
        try? TestStreamServer.eventually { link.isUp || !proxy.process.isRunning }
        try #require(link.isUp, "\(proxy.printed) \(connections.counters.snapshot())")
        let answers = Answers()
        let exchange = link.send(
            OutgoingRequest(code: .accessRequest) { vector, secret throws(WireError) in
                var encoder = AttributeEncoder(secret: secret, vector: vector)
                try encoder.append(type: 1, Array("bob".utf8))
                return encoder.bytes + [2, 18] + Self.hide("hello", vector, secret)
            }, completion: { answers.take($0) })
        let reply = try answers.wait(for: 1)[0].get()
        #expect(reply.packet.code == .accessAccept, "\(proxy.printed)")
        #expect(reply.packet.text(18) == "hi")
        withExtendedLifetime(exchange) {}
    }

    /// RFC 2865 §5.2 for up to 16 octets.
    private static func hide(_ password: String, _ vector: Authenticator, _ secret: SharedSecret) -> [UInt8] {
        let stream = MD5.hash(secret.bytes + vector.bytes).bytes
        var octets = Array(password.utf8)
        octets += [UInt8](repeating: 0, count: 16 - octets.count)
        return zip(octets, stream).map { $0 ^ $1 }
    }

    /// Octets of RADIUS/1.1 as RFC 9765 §4.1 lays them out, through the `openssl` program.
    @Test func rawRADIUS11() throws {
        let authority = try TestAuthority.shared.get()
        var configuration = TLSConfiguration.test(.server, try authority.issue("server"), trusting: authority)
        configuration.applicationProtocols = RADIUSVersions.both.applicationProtocols
        let server = try TestStreamServer(
            .tls, clients: [.certified("raw", .any)], context: try TLSContext(configuration), decide: Self.accept)
        let identity = try authority.issue("raw")
        // Access-Request, Token 01020304, User-Name bob, User-Password hello in clear.
        let request: [UInt8] =
            [1, 0, 0, 32, 1, 2, 3, 4] + [UInt8](repeating: 0, count: 12) + [1, 5, 98, 111, 98, 2, 7] + Array("hello".utf8)
        let directory = try Self.directory()
        defer { try? FileManager.default.removeItem(at: directory) }
        let (input, output) = (directory.appending(path: "in"), directory.appending(path: "out"))
        try Data(request).write(to: input)
        let port = try server.endpoint.port
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = [
            "-c",
            """
            (cat \(input.path); sleep 1) | openssl s_client -quiet -no_ign_eof -alpn radius/1.1 -tls1_3 -connect 127.0.0.1:\(port) \
            -cert \(identity.certificatePath) -key \(identity.keyPath) -CAfile \(authority.caPath) > \(output.path) 2>/dev/null
            """,
        ]
        try shell.run()
        shell.waitUntilExit()
        let reply = Array(try Data(contentsOf: output))
        // Access-Accept, reserved octet, length, the Token again, zeros, Reply-Message; no Message-Authenticator.
        #expect(reply == [2, 0, 0, 24, 1, 2, 3, 4] + [UInt8](repeating: 0, count: 12) + [18, 4, 104, 105])
        #expect(server.links(.tls).opened11 == 1)
    }

    /// radclient in clear, carried into TLS by socat.
    @Test(.enabled(if: has("radclient") && has("socat"))) func radclientThroughSocat() throws {
        let authority = try TestAuthority.shared.get()
        let configuration = TLSConfiguration.test(.server, try authority.issue("server"), trusting: authority)
        let server = try TestStreamServer(
            .tls, clients: [.certified("bridge", .any)], context: try TLSContext(configuration), decide: Self.accept)
        let identity = try authority.issue("bridge")
        let udp = try Self.unusedPort()
        let target = "OPENSSL:127.0.0.1:\(try server.endpoint.port)"
        let socat = try Running(
            "socat",
            [
                "-d", "-d", "UDP-LISTEN:\(udp),bind=127.0.0.1",
                "\(target),verify=0,certificate=\(identity.certificatePath),key=\(identity.keyPath)",
            ])
        try socat.wait(for: "listening on")
        let output = try Self.radclient([], udp, secret: "radsec")
        #expect(output.contains("Received Access-Accept"), "\(output)\n\(socat.printed)")
    }
}
