import RADIUSClient
import RADIUSWire
import TestSupport
import Testing

/// Packets as NAS devices repeat them, attackers break them and storms bring them.
@PeerThread
@Suite
struct WireTests {
    @Test("a repeated request gets the same bytes again, and is decided once", arguments: TestDatabase.Engine.available)
    func duplicates(engine: TestDatabase.Engine) throws {
        try Site.with(engine) { site in
            try site.addUser("alice", check: ["Cleartext-Password := x"], reply: ["Tunnel-Password:1 = salted anew each time"])
            let server = try ServerUnderTest.start(site.database.url)
            for user in ["alice", "nobody"] {
                let auth = try RawSocket(port: server.authPort)
                let request = try Self.accessRequest(user, password: "x", identifier: 7)
                auth.send(request)
                let reply = try #require(auth.receive())
                auth.send(request)
                #expect(auth.receive() == reply)
            }
            let acct = try RawSocket(port: server.acctPort)
            let start = try Self.accountingRequest("duplicate", identifier: 9)
            acct.send(start)
            let reply = try #require(acct.receive())
            acct.send(start)
            #expect(acct.receive() == reply)

            #expect(try server.metric("radian_radius_duplicates_resent_total{role=\"authentication\"}") == 2)
            #expect(try server.metric("radian_radius_duplicates_resent_total{role=\"accounting\"}") == 1)
            #expect(try site.count("SELECT count(*) FROM radacct") == 1)
            #expect(try server.stop() == .code(0))
            #expect(try site.count("SELECT count(*) FROM radpostauth") == 2)
        }
    }

    @Test("malformed and forged packets get silence, are counted by reason, and the server goes on")
    func malformed() throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["Cleartext-Password := x"])
            let server = try ServerUnderTest.start(site.database.url)
            let good = try Self.accessRequest("alice", password: "x", identifier: 1)
            var short = good
            short[3] = 19
            var long = good
            long[2] = 15
            var attribute = good
            attribute[21] = 1
            var forged = good
            forged[25] ^= 1
            var code = good
            code[0] = 2
            let broken: [(reason: String, packets: [[UInt8]])] = [
                ("malformed", [[1], Array(good.prefix(19)), short, long, attribute, Array(good.prefix(30))]),
                ("bad-message-authenticator", [forged]), ("unexpected-code", [code]),
            ]
            let socket = try RawSocket(port: server.authPort)
            for (reason, packets) in broken {
                for packet in packets { socket.send(packet) }
                try eventually("\(packets.count) drops by reason \(reason)") { try server.drops(reason) == packets.count }
            }
            socket.send(good)
            #expect(try #require(socket.receive())[0] == PacketCode.accessAccept.rawValue)
            #expect(socket.receive(seconds: 0.1) == nil)

            let forgedAccounting = try Self.accountingRequest("forged", identifier: 1, secret: SharedSecret(Array("wrong".utf8)))
            let acct = try RawSocket(port: server.acctPort)
            acct.send(forgedAccounting)
            try eventually("a forged accounting packet is counted") {
                try server.drops("bad-request-authenticator", role: "accounting") == 1
            }
            #expect(acct.receive(seconds: 0.1) == nil)
            #expect(try site.count("SELECT count(*) FROM radacct") == 0)
            #expect(try HTTPClient.get("/health", port: server.httpPort).status == 200)
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("more slow logins than the queue holds are shed, and fast ones are served beside them")
    func overload() throws {
        try Site.with(.sqlite) { site in
            let slow = "$6$rounds=300000$saltsalt$" + String(repeating: "a", count: 86)
            try site.addUser("slow", check: ["Crypt-Password := \(slow)"])
            try site.addUser("fast", check: ["Cleartext-Password := x"])
            let server = try ServerUnderTest.start(
                site.database.url, ["RADIAN_RADIUS_WORKER_THREADS": "1", "RADIAN_RADIUS_WORKER_QUEUE": "2"])
            let socket = try RawSocket(port: server.authPort)
            for identifier in UInt8(0)..<20 {
                socket.send(try Self.accessRequest("slow", password: "guess \(identifier)", identifier: identifier))
            }
            #expect(try server.auth().authenticate(user: "fast", password: "x", method: .pap).verdict == .accepted)
            try eventually("slow logins are shed") { try server.drops("queue-full") >= 15 }
            #expect(try server.metric("radian_worker_shed_total") >= 15)
            // Those that the queue held are still answered.
            #expect(try #require(socket.receive(seconds: 20))[0] == PacketCode.accessReject.rawValue)
            #expect(try server.stop() == .code(0))
        }
    }

    private static func accessRequest(_ user: String, password: String, identifier: UInt8) throws -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        let authenticator = Authenticator.random(using: &generator)
        var encoder = AttributeEncoder(secret: Site.secret, vector: authenticator)
        try encoder.append(Attribute("User-Name = \(user)"))
        try encoder.append(Attribute("User-Password = \(password)"))
        return try Packet.request(
            .accessRequest, identifier: identifier, authenticator: authenticator, attributes: encoder.bytes, secret: Site.secret,
            messageAuthenticator: true)
    }

    private static func accountingRequest(_ session: String, identifier: UInt8, secret: SharedSecret = Site.secret) throws -> [UInt8] {
        var encoder = AttributeEncoder(secret: secret, vector: .zero)
        for text in ["Acct-Status-Type = Start", "Acct-Session-Id = \(session)", "User-Name = alice", "NAS-IP-Address = 192.0.2.1"] {
            try encoder.append(Attribute(text))
        }
        return try Packet.request(
            .accountingRequest, identifier: identifier, authenticator: nil, attributes: encoder.bytes, secret: secret,
            messageAuthenticator: false)
    }
}
