import Foundation
import Glibc
import Testing

@testable import TLSEngine

/// The engine on a socket, against the openssl program.
@Suite struct OpenSSLPeerTests {
    @Test(arguments: ["-tls1_2", "-tls1_3", "-dtls1_2"]) func sClientConnects(version: String) throws {
        let isDatagram = version == "-dtls1_2"
        let socket = try LoopbackSocket(isDatagram: isDatagram)
        let directory = try ScratchDirectory()
        try directory.write(Fixture.authorityText, "ca.pem")
        try directory.write((Fixture.client?.chain ?? "") + (Fixture.client?.key ?? ""), "client.pem")

        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["openssl", "s_client", version, "-connect", "127.0.0.1:\(socket.port)", "-CAfile", "ca.pem", "-cert", "client.pem"]
            + ["-verify_hostname", Fixture.serverName, "-verify_return_error", "-ign_eof"]
        process.currentDirectoryURL = directory.url
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data("hello\n".utf8))

        let context = try TLSContext(Fixture.server(isDatagram ? .datagram : .stream))
        let server = try socket.serve(context) { String(decoding: $0, as: UTF8.self) == "hello\n" ? Array("welcome\n".utf8) : [] }
        process.waitUntilExit()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(text.contains("welcome"))
        #expect(text.contains("Verify return code: 0 (ok)"), "\(text)")
        #expect(server?.peerCertificate?.commonName == "alice")
        #expect(server?.version == (version == "-tls1_3" ? .v1_3 : .v1_2))
    }

    @Test(
        "certificates with keys of all kinds are read",
        arguments: ["rsa:2048", "rsa-pss", "ec:P-256", "ec:P-384", "ec:P-521", "ed25519", "ed448"], [TLSVersion.v1_2, .v1_3])
    func kindsOfKeys(kind: String, version: TLSVersion) throws {
        let directory = try ScratchDirectory()
        let parts = kind.split(separator: ":")
        let options = parts[0] == "ec" ? ["ec", "-pkeyopt", "ec_paramgen_curve:\(parts[1])"] : [kind]
        let made = try runProgram(
            ["openssl", "req", "-x509", "-nodes", "-newkey"] + options + ["-keyout", "key.pem", "-out", "certificate.pem"]
                + ["-subj", "/CN=\(Fixture.serverName)", "-addext", "subjectAltName=DNS:\(Fixture.serverName)"],
            in: directory.url)
        #expect(made.code == 0, "\(made.text)")

        var server = Fixture.server()
        server.certificateChain = String(decoding: try directory.read("certificate.pem"), as: UTF8.self)
        server.privateKey = String(decoding: try directory.read("key.pem"), as: UTF8.self)
        server.trustedCertificates = server.certificateChain
        server.maximumVersion = version
        var client = Fixture.client()
        client.certificateChain = server.certificateChain
        client.privateKey = server.privateKey
        client.trustedCertificates = server.certificateChain
        let pair = try Pair(client, server).run()
        #expect(pair.isEstablished, "\(pair.serverProgress.failure?.description ?? "") \(pair.clientProgress.failure?.description ?? "")")
        #expect(pair.server.version == version)
        #expect(pair.server.peerCertificate?.commonName == Fixture.serverName)
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"]) func ourClientTalksToSServer(version: String) throws {
        let directory = try ScratchDirectory()
        try directory.write(Fixture.authorityText, "ca.pem")
        try directory.write((Fixture.server?.chain ?? "") + (Fixture.server?.key ?? ""), "server.pem")
        let port = try LoopbackSocket(isDatagram: false).port
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["openssl", "s_server", version, "-accept", "127.0.0.1:\(port)", "-cert", "server.pem", "-CAfile", "ca.pem", "-Verify", "1"]
            + ["-rev", "-naccept", "1"]
        process.currentDirectoryURL = directory.url
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        defer { process.terminate() }
        // The program says when it listens.
        var heard = ""
        while !heard.contains("ACCEPT"), case let more = output.fileHandleForReading.availableData, !more.isEmpty {
            heard += String(decoding: more, as: UTF8.self)
        }

        let connection = try LoopbackSocket.connect(port: port)
        defer { close(connection) }
        let client = try TLSSession(TLSContext(Fixture.client()))
        _ = client.receive([])
        var answer: [UInt8] = []
        var isAsked = false
        while answer.last != 10 {
            LoopbackSocket.write(client.takeOutput(), to: connection)
            let received = LoopbackSocket.read(connection)
            guard !received.isEmpty, client.receive(received).failure == nil else { break }
            if client.isEstablished, !isAsked {
                isAsked = true
                try client.send(Array("abc\n".utf8))
            }
            answer += client.takePlaintext()
        }
        #expect(String(decoding: answer, as: UTF8.self) == "cba\n")
        #expect(client.peerCertificate?.commonName == Fixture.serverName)
    }
}

/// A socket on a free port of 127.0.0.1 that serves one peer, blocking.
private final class LoopbackSocket {
    let port: UInt16
    private let descriptor: Int32
    private let isDatagram: Bool

    init(isDatagram: Bool) throws {
        self.isDatagram = isDatagram
        let descriptor = socket(AF_INET, Int32((isDatagram ? SOCK_DGRAM : SOCK_STREAM).rawValue), 0)
        var address = Self.address(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(isBound)
        if !isDatagram { try #require(listen(descriptor, 4) == 0) }
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
        Self.limitWaiting(descriptor)
    }

    deinit { close(descriptor) }

    /// Answers plaintext until there is an answer, then closes properly.
    func serve(_ context: TLSContext, answer: ([UInt8]) -> [UInt8]) throws -> TLSSession? {
        if isDatagram { return try serveDatagrams(context, answer: answer) }
        let connection = accept(descriptor, nil, nil)
        defer { close(connection) }
        Self.limitWaiting(connection)
        let session = try TLSSession(context)
        while case let received = Self.read(connection), !received.isEmpty {
            _ = session.receive(received)
            let isDone = try reply(session, answer)
            Self.write(session.takeOutput(), to: connection)
            if isDone { break }
        }
        return session
    }

    private func serveDatagrams(_ context: TLSContext, answer: ([UInt8]) -> [UInt8]) throws -> TLSSession? {
        let listener = try DTLSListener(context)
        var session: TLSSession?
        while true {
            var source = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            var buffer = [UInt8](repeating: 0, count: 65536)
            let count = withUnsafeMutablePointer(to: &source) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { recvfrom(descriptor, &buffer, buffer.count, 0, $0, &length) }
            }
            guard count > 0 else { return session }
            var datagrams: [[UInt8]] = []
            var isDone = false
            if let session {
                _ = session.receive(Array(buffer.prefix(count)))
                isDone = try reply(session, answer)
                datagrams = session.takeDatagrams()
            } else {
                switch try listener.receive(Array(buffer.prefix(count)), from: withUnsafeBytes(of: source) { Array($0) }) {
                case .none: break
                case .challenge(let challenge): datagrams = [challenge]
                case .session(let new):
                    session = new
                    _ = new.receive([])
                    datagrams = new.takeDatagrams()
                }
            }
            for datagram in datagrams {
                _ = withUnsafePointer(to: source) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        sendto(descriptor, datagram, datagram.count, 0, $0, length)
                    }
                }
            }
            if isDone { return session }
        }
    }

    private func reply(_ session: TLSSession, _ answer: ([UInt8]) -> [UInt8]) throws -> Bool {
        let text = answer(session.takePlaintext())
        guard !text.isEmpty else { return false }
        try session.send(text)
        session.close()
        return true
    }

    static func connect(port: UInt16) throws -> Int32 {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = address(port: port)
        let isConnected = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        try #require(isConnected)
        limitWaiting(connection)
        return connection
    }

    static func read(_ descriptor: Int32) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return Array(buffer.prefix(max(0, count)))
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32) { _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

    /// A peer that has gone must not hold the test.
    private static func limitWaiting(_ descriptor: Int32) {
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    private static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        return address
    }
}
