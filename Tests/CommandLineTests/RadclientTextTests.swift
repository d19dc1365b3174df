import ArgumentParser
import RADIUSClient
import RADIUSDictionary
import RADIUSWire
import Testing

@testable import radian

@Suite struct RadclientTextTests {
    private func lines(_ text: String) throws -> [[String]] {
        try RadclientText.requests(text).map { $0.map { "\($0.name)|\($0.op)|\($0.value)" } }
    }

    @Test func requestsArePartedByBlankLines() throws {
        let text = """
            # a comment

            User-Name = "bob", User-Password = 'hel"lo'
            # within a request
            NAS-Port=1,NAS-IP-Address = 192.0.2.1,


            \tUser-Name := carol
            Tunnel-Type:1 += VLAN
            """
        #expect(
            try lines(text) == [
                ["User-Name|=|bob", "User-Password|=|hel\"lo", "NAS-Port|=|1", "NAS-IP-Address|=|192.0.2.1"],
                ["User-Name|:=|carol", "Tunnel-Type:1|+=|VLAN"],
            ])
        #expect(try lines("") == [] && lines("# nothing\n\n") == [])
    }

    @Test func operatorsOfFilters() throws {
        let text =
            "Packet-Type == Access-Reject\nSession-Timeout <= 600, Reply-Message =~ /^a, \\/b/ , Class !* ANY\nClass =* ANY, A>1, B>=2, C!=3, D!~x"
        #expect(
            try lines(text) == [
                [
                    "Packet-Type|==|Access-Reject", "Session-Timeout|<=|600", "Reply-Message|=~|^a, /b", "Class|!*|ANY", "Class|=*|ANY",
                    "A|>|1", "B|>=|2", "C|!=|3", "D|!~|x",
                ]
            ])
    }

    @Test func escapes() throws {
        #expect(try lines(#"A = "x\ty\n\"z\\""#) == [["A|=|x\ty\n\"z\\"]])
        #expect(try lines(#"A = 'x\n'"#) == [[#"A|=|x\n"#]])
    }

    @Test(arguments: ["User-Name", "= bob", "User-Name = \"bob", "User-Name bob"])
    func mistakesAreNamed(_ text: String) {
        #expect(throws: ValidationError.self) { try RadclientText.requests(text) }
    }

    private func request(_ text: String, filter: String? = nil, code: PacketCode? = nil) throws -> RadclientRequest {
        let dictionary = try AttributeDictionary(
            source: """
                ATTRIBUTE User-Name 1 string
                ATTRIBUTE User-Password 2 string encrypt=1
                ATTRIBUTE CHAP-Password 3 octets
                ATTRIBUTE Session-Timeout 27 integer
                ATTRIBUTE Acct-Status-Type 40 integer
                VALUE Acct-Status-Type Start 1
                """)
        return try RadclientRequest(
            RadclientText.requests(text).first ?? [], filter: try filter.map { try RadclientText.requests($0).first ?? [] }, code: code,
            dictionary: dictionary)
    }

    @Test func whatIsNoAttributeOfThePacket() throws {
        let coa = try request(
            "Packet-Type = CoA-Request\nUser-Name = bob\nPacket-Dst-IP-Address = 192.0.2.7\nPacket-Dst-Port = 1700\nMessage-Authenticator = 0x00"
        )
        #expect(coa.request.code == .coaRequest && coa.expectation.code == .coaACK)
        #expect(coa.host == "192.0.2.7" && coa.port == 1700)
        #expect(coa.request.attributes.map(\.definition.name) == ["User-Name"])
        let chap = try request("User-Name = bob\nCHAP-Password = hello")
        #expect(chap.request.code == .accessRequest && chap.request.password == .init(.chap, "hello"))
        #expect(try request("CHAP-Password = 0x0102").request.password == nil)
        #expect(try request("MS-CHAP-Password = hello").request.password == .init(.mschapv1, "hello"))
        #expect(try request("Acct-Status-Type = Start").request.code == .accountingRequest)
        #expect(try request("Acct-Status-Type = Start", code: .accessRequest).request.code == .accessRequest)
        #expect(try request("Packet-Type = 12").request.code == .statusServer)
        #expect(throws: ValidationError.self) { try request("Packet-Type = Nonsense") }
        #expect(throws: ValidationError.self) { try request("Nonsense = 1") }
        #expect(throws: ValidationError.self) { try request("Packet-Dst-Port = 0") }
    }

    @Test func filters() throws {
        let expectation = try request("User-Name = bob", filter: "Response-Packet-Type == Access-Reject, Session-Timeout <= 600")
            .expectation
        #expect(expectation.code == .accessReject)
        #expect(expectation.items.map(\.comparison) == [.lessOrEqual] && expectation.items.map(\.value) == ["600"])
        #expect(try request("User-Name = bob", filter: "Session-Timeout = 600").expectation.code == .accessAccept)
        #expect(try request("User-Name = bob\nResponse-Packet-Type = Access-Reject").expectation.code == .accessReject)
    }
}
