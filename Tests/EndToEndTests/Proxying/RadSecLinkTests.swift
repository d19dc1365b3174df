import Foundation
import RADIUSClient
import RADIUSWire
import TestSupport
import Testing

/// A NAS on a connection of its own over TLS: what it is asked there, what it is told there.
@PeerThread
@Suite(.enabled(if: RadSecNAS.isInstalled && OpenSSLAuthority.isInstalled, "socat or openssl is not installed"))
struct RadSecLinkTests {
    private func start(_ site: Site, _ configuration: String, _ more: [String: String] = [:]) throws -> (ServerUnderTest, RadSecNAS) {
        let tls = try Surroundings.freePorts(1)[0]
        let settings = try LinkCertificates.shared.get().settings.merging(["RADIAN_LINKS_TLS_PORT": "\(tls)"]) { $1 }
        let server = try ServerUnderTest.start(site.database.url, settings.merging(more) { $1 }, configuration: configuration)
        return (server, try RadSecNAS(tlsPort: tls))
    }

    private func act(_ server: ServerUnderTest, _ arguments: [String]) throws -> ChildProcess {
        try ChildProcess(Surroundings.radian, arguments, environment: server.environment, directory: server.directory)
    }

    @Test("radian session reaches the NAS over the connection that it opened")
    func sessionActions() throws {
        try Site.with(.sqlite) { site in
            let (server, nas) = try start(site, ProxyFixture.nas)
            // An address behind translation, to which nothing leads from here.
            let session = ["Acct-Status-Type = Start", "User-Name = alice", "Acct-Session-Id = t1", "NAS-IP-Address = 10.255.1.2"]
            try nas.ask(.accountingRequest, session)
            _ = try nas.expect(.accountingResponse)

            let rehearsal = try ChildProcess.run(
                Surroundings.radian, ["session", "disconnect", "user=alice", "--dry-run"], environment: server.environment,
                directory: server.directory)
            #expect(rehearsal.exit == .code(0))
            #expect(rehearsal.output.contains("Disconnect-Request to 10.255.1.2:3799, NAS 'hotel'"), "\(rehearsal.output)")

            let change = try act(server, ["session", "coa", "user=alice", "--attribute", "Filter-Id=guests"])
            let wish = try nas.expect(.coaRequest)
            #expect(wish.text(11) == "guests")
            #expect(wish.verifyRequestAuthenticator(RadSecNAS.secret))
            try nas.answer(wish, .coaNAK)
            #expect(try change.wait() == .code(1))
            #expect(change.output.text.contains("NAK, without a reason"), "\(change.output.text)")

            let command = try act(server, ["session", "disconnect", "user=alice"])
            let request = try nas.expect(.disconnectRequest)
            #expect(request.text(44) == "t1")
            try nas.answer(request, .disconnectACK)
            #expect(try command.wait() == .code(0))
            #expect(command.output.text.contains("alice t1 at 10.255.1.2: ACK"), "\(command.output.text)")
            #expect(
                try site.row("SELECT action, result FROM radian_session_action ORDER BY id DESC LIMIT 1") == ["disconnect", "acknowledged"])
            let unknown = try act(server, ["session", "disconnect", "user=nobody"])
            #expect(try unknown.wait() == .code(1))
            #expect(unknown.output.text.contains("no open session matches"))
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("long replies go to those who take them; others are told, with the length (RFC 7930)")
    func largeReplies() throws {
        try Site.with(.sqlite) { site in
            let lines = (0..<30).map { "Reply-Message += \($0) " + String(repeating: "x", count: 200) }
            try site.addUser("alice", check: ["Cleartext-Password := hello"], reply: lines)
            let (server, nas) = try start(site, ProxyFixture.nas)
            let login = ["User-Name = alice", "User-Password = hello"]

            try nas.ask(.accessRequest, login)
            let usual = try nas.receive()
            #expect(usual.code == .accessAccept && usual.bytes.count <= 4096)

            let asking = try nas.ask(.accessRequest, login, octets: Packet.responseLength(16_384))
            let long = try nas.receive()
            #expect(long.code == .accessAccept && long.bytes.count > 6000)
            #expect(long.verifyResponseAuthenticator(RadSecNAS.secret, requestAuthenticator: asking.authenticator))
            #expect(long.attributes.filter { $0.type == 18 }.count == 30)

            let refused = try nas.ask(.accessRequest, login, octets: Packet.responseLength(5000))
            let word = try nas.receive()
            #expect(word.code == .protocolError && word.identifier == refused.identifier)
            #expect(word.originalPacketCode == .accessRequest)
            #expect(word.integer(101) == ErrorCause.responseTooBig.rawValue)
            #expect(word.responseLength == long.bytes.count)
            #expect(word.verifyMessageAuthenticator(RadSecNAS.secret, requestAuthenticator: refused.authenticator))

            try nas.ask(.statusServer, [], octets: Packet.responseLength(65_535))
            #expect(try nas.receive().responseLength == 4096)
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("a home server's long reply passes through us, or is refused with its length")
    func largeRepliesOfHomeServers() throws {
        try Site.with(.sqlite) { site in
            try Site.with(.sqlite) { homeSite in
                let lines = (0..<30).map { "Reply-Message += \($0) " + String(repeating: "x", count: 200) }
                try homeSite.addUser("bob", check: ["Cleartext-Password := hello"], reply: lines)
                let port = try Surroundings.freePorts(1)[0]
                let record = ProxyFixture.record(["name": "visited", "transports": "tls", "certificate": "dns:radian.example.net"])
                let settings = try LinkCertificates.shared.get().settings.merging(["RADIAN_LINKS_TLS_PORT": "\(port)"]) { $1 }
                let home = try ServerUnderTest.start(homeSite.database.url, settings, configuration: "nas:\n" + record)
                let configuration = ProxyFixture.configuration(
                    [("home", ProxyFixture.home("home", "tls", port: port, ["response_window": "5"]))], ProxyFixture.nas)
                let (visited, nas) = try start(site, configuration, ["RADIAN_LINKS_MAXIMUM_LENGTH": "16384"])
                let login = ["User-Name = bob@home.org", "User-Password = hello"]
                try nas.ask(.accessRequest, login, octets: Packet.responseLength(65_535))
                let long = try nas.receive()
                #expect(long.code == .accessAccept && long.bytes.count > 6000)
                try nas.ask(.accessRequest, login, octets: Packet.responseLength(4096))
                let word = try nas.receive()
                #expect(word.code == .protocolError && word.integer(101) == ErrorCause.responseTooBig.rawValue)
                #expect(word.responseLength == long.bytes.count)
                #expect(try visited.stop() == .code(0))
                #expect(try home.stop() == .code(0))
            }
        }
    }

    @Test("who understands Protocol-Error gets it when no home server answers; others get silence")
    func protocolError() throws {
        try Site.with(.sqlite) { site in
            let silent = try Surroundings.freePorts(1)[0]
            let home = ProxyFixture.home("home", "tls", port: silent)
            let configuration = ProxyFixture.configuration([("home", home)], ProxyFixture.nas)
            let (server, nas) = try start(site, configuration)
            let login = ["User-Name = bob@home.org", "User-Password = hello"]
            let ignored = try nas.ask(.accessRequest, login)
            let asked = try nas.ask(.accessRequest, login, octets: Packet.responseLength(4096))
            let word = try nas.receive()
            #expect(word.code == .protocolError)
            #expect(word.identifier == asked.identifier && word.identifier != ignored.identifier)
            #expect(word.integer(101) == ErrorCause.otherProxyProcessingError.rawValue)
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("CoA of the home network finds back to the NAS by Operator-NAS-Identifier (RFC 8559)")
    func operatorNASIdentifier() throws {
        try Site.with(.sqlite) { site in
            let (listen, home) = (try Surroundings.freePorts(1)[0], try Surroundings.freePorts(1)[0])
            let relay = try PacketRelay(to: home)
            defer { relay.stop() }
            let record = ProxyFixture.home("home", "udp", port: relay.port, ["type": "auth", "status_check": "none"])
            let realm = [
                "operator_name": "1hotel.example", "operator_nas_identifier": "yes", "acct_pool": "\"\"", "accounting": "local",
                "request_filter": "remove NAS-IP-Address",
            ]
            let (server, nas) = try start(
                site, ProxyFixture.configuration([("home", record)], realm: realm, ProxyFixture.nas),
                ["RADIAN_DYNAMIC_AUTHORIZATION_LISTEN_PORT": "\(listen)"])
            try nas.ask(.accessRequest, ["User-Name = bob@home.org", "User-Password = hello", "NAS-IP-Address = 10.255.1.2"])
            try eventually("the login is passed on") { !relay.seen(.request).isEmpty }
            let login = try Packet(validating: #require(relay.seen(.request).first))
            #expect(login.text(126) == "1hotel.example")
            #expect(login.value(4) == nil)
            let identifier = try #require(login.operatorNASIdentifier)
            #expect(!String(decoding: identifier, as: UTF8.self).contains("hotel"))

            /// What the home network sends.
            func disconnect(_ identifier: [UInt8]) throws -> (RawSocket, Packet) {
                var encoder = AttributeEncoder(secret: Site.secret, vector: .zero)
                for text in ["User-Name = bob@home.org", "Acct-Session-Id = t1", "Operator-Name = 1hotel.example"] {
                    try encoder.append(Attribute(text))
                }
                encoder.append(octets: [241, UInt8(identifier.count + 3), 8] + identifier)
                let packet = try Packet.request(
                    .disconnectRequest, identifier: 7, authenticator: nil, attributes: encoder.bytes, secret: Site.secret,
                    messageAuthenticator: true)
                let socket = try RawSocket(port: listen)
                socket.send(packet)
                return (socket, try Packet(validating: packet))
            }
            let (socket, sent) = try disconnect(identifier)
            let request = try nas.expect(.disconnectRequest)
            #expect(request.text(44) == "t1")
            #expect(request.operatorNASIdentifier == nil && request.text(126) == nil, "the NAS need not know")
            try nas.answer(request, .disconnectACK)
            let answer = try Packet(validating: #require(socket.receive()))
            #expect(answer.code == .disconnectACK)
            #expect(answer.verifyResponseAuthenticator(Site.secret, requestAuthenticator: sent.authenticator))

            var forged = identifier
            forged[20] ^= 1
            let refusal = try Packet(validating: #require(try disconnect(forged).0.receive()))
            #expect(refusal.code == .disconnectNAK)
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("a renewed certificate for home servers is used without a restart")
    func renewedCertificate() throws {
        try Site.with(.sqlite) { site in
            try Site.with(.sqlite) { homeSite in
                try homeSite.addUser("bob", check: ["Cleartext-Password := hello"])
                let certificates = try LinkCertificates.shared.get()
                let tls = try Surroundings.freePorts(1)[0]
                let visitedNAS = ProxyFixture.record(["name": "visited", "transports": "tls", "certificate": "dns:radian.example.net"])
                let home = try ServerUnderTest.start(
                    homeSite.database.url, certificates.settings.merging(["RADIAN_LINKS_TLS_PORT": "\(tls)"]) { $1 },
                    configuration: "nas:\n" + visitedNAS)

                let directory = try Surroundings.temporaryDirectory("renewed")
                defer { try? FileManager.default.removeItem(at: directory) }
                func install(_ identity: LinkCertificates.Identity) throws {
                    for (path, name) in [(identity.certificate, "own.pem"), (identity.key, "own.key")] {
                        let file = directory.appending(path: name)
                        try Data(contentsOf: URL(fileURLWithPath: path)).write(to: file, options: .atomic)
                    }
                }
                let strangers = try OpenSSLAuthority("Stranger")
                let stranger = try strangers.issue("radian.example.net", use: "serverAuth,clientAuth")
                try install(LinkCertificates.Identity(certificate: stranger.certificate, key: stranger.key))
                let visited = try ServerUnderTest.start(
                    site.database.url,
                    [
                        "RADIAN_LINKS_CERTIFICATE": directory.appending(path: "own.pem").path,
                        "RADIAN_LINKS_PRIVATE_KEY": directory.appending(path: "own.key").path, "RADIAN_LINKS_CA": certificates.authority,
                    ],
                    configuration: ProxyFixture.configuration([
                        ("home", ProxyFixture.home("home", "tls", port: tls, ["status_check": "none"]))
                    ]))
                try visited.process.expect("connection lost")
                #expect(throws: ClientError.self) {
                    try visited.auth(timeout: .seconds(1), attempts: 1).authenticate(user: "bob@home.org", password: "hello", method: .pap)
                }
                try install(certificates.radian)
                visited.process.send(SIGHUP)
                try visited.process.expect("certificates for home servers read again")
                let client = try visited.auth(timeout: .seconds(1), attempts: 1)
                try eventually("the home server is reached") {
                    (try? client.authenticate(user: "bob@home.org", password: "hello", method: .pap))?.verdict == .accepted
                }
                #expect(try visited.stop() == .code(0))
                #expect(try home.stop() == .code(0))
            }
        }
    }
}
