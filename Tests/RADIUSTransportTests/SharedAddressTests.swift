import RADIUSWire
import Testing

@testable import RADIUSTransport

/// Several NAS behind one address, as address translation makes them.
@Suite struct SharedAddressTests {
    private static func client(_ name: String, identifier: String? = nil) -> NASClient {
        var client = NASClient.test("127.0.0.1")
        client.name = name
        client.secret = SharedSecret(Array("secret of \(name)".utf8))
        client.nasIdentifier = identifier
        return client
    }

    private static func access(_ client: NASClient, _ identifier: UInt8, signed: Bool = true, nas: String? = nil) throws -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        let name: [UInt8] = nas.map { [32, UInt8($0.utf8.count + 2)] + Array($0.utf8) } ?? []
        return try Packet.request(
            .accessRequest, identifier: identifier, authenticator: .random(using: &generator), attributes: [1, 5, 98, 111, 98] + name,
            secret: client.secret, messageAuthenticator: signed)
    }

    private static func isAnswered(_ request: [UInt8], _ secret: SharedSecret, over socket: TestClient) throws {
        let reply = try Packet(validating: socket.exchange(request))
        #expect(reply.verifyResponseAuthenticator(secret, requestAuthenticator: try Packet(validating: request).authenticator))
    }

    @Test func theSecretThatProvesAPacketTellsWhoSentIt() throws {
        let clients = (0..<8).map { Self.client("nas\($0)") }
        let server = try TestListener(clients: clients)
        for (index, client) in clients.enumerated() {
            let socket = try server.client()
            try Self.isAnswered(try Self.access(client, UInt8(index)), client.secret, over: socket)
            // From the same port also what proves nothing by itself.
            try Self.isAnswered(try Self.access(client, UInt8(index + 100), signed: false), client.secret, over: socket)
        }
    }

    @Test func whatProvesNothingFromAnUnknownPortIsDropped() throws {
        let clients = [Self.client("a"), Self.client("b")]
        let server = try TestListener(clients: clients)
        let socket = try server.client()
        socket.send(try Self.access(clients[1], 1, signed: false))
        try Self.isAnswered(try Self.access(clients[1], 2), clients[1].secret, over: socket)
        #expect(server.counts.drops == [.missingMessageAuthenticator: 1])
    }

    @Test func aSecretOfNobodyIsDropped() throws {
        let clients = [Self.client("a"), Self.client("b")]
        let server = try TestListener(clients: clients)
        let socket = try server.client()
        socket.send(try Self.access(Self.client("c"), 1))
        try Self.isAnswered(try Self.access(clients[0], 2), clients[0].secret, over: socket)
        #expect(server.counts.drops == [.badMessageAuthenticator: 1])
    }

    @Test func accountingIsProvedByItsAuthenticator() throws {
        let clients = [Self.client("a"), Self.client("b")]
        let server = try TestListener(role: .accounting, clients: clients) { _ in .reply(ReplyPacket(code: .accountingResponse)) }
        let request = try Packet.request(
            .accountingRequest, identifier: 1, authenticator: nil, attributes: [40, 6, 0, 0, 0, 1], secret: clients[1].secret,
            messageAuthenticator: false)
        try Self.isAnswered(request, clients[1].secret, over: try server.client())
    }

    @Test func theNASIdentifierTellsThemApartToo() throws {
        let (first, second) = (Self.client("a", identifier: "ap-1"), Self.client("b", identifier: "ap-2"))
        let server = try TestListener(clients: [first, second])
        let socket = try server.client()
        try Self.isAnswered(try Self.access(second, 1, signed: false, nas: "ap-2"), second.secret, over: socket)
        try Self.isAnswered(try Self.access(first, 2, signed: false, nas: "ap-1"), first.secret, over: socket)
        socket.send(try Self.access(first, 3, nas: "ap-9"))
        try Self.isAnswered(try Self.access(first, 4, nas: "ap-1"), first.secret, over: socket)
        #expect(server.counts.drops == [.invalidClient: 1])
    }

    @Test func boundPortsAreForgottenInGenerations() throws {
        let bindings = SecretBindings(limit: 10)
        func endpoint(_ port: Int) -> SocketEndpoint { SocketEndpoint(address: IPAddress(ipv4: 1), port: UInt16(port)) }
        for port in 0..<25 { bindings.bind(endpoint(port), to: .row(Int64(port))) }
        #expect(bindings.client(at: endpoint(24)) == .row(24))
        #expect(bindings.client(at: endpoint(12)) == .row(12))
        #expect(bindings.client(at: endpoint(3)) == nil)
    }
}
