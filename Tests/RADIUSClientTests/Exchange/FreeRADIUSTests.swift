import RADIUSDictionary
import RADIUSWire
import Testing

@testable import RADIUSClient

/// Our requests before an independent server.
@Suite(.serialized, .enabled(if: FreeRADIUSPeer.isInstalled), .timeLimit(.minutes(1))) struct FreeRADIUSTests {
    private let secret = SharedSecret(Array("testing123".utf8))

    private func exchange(_ server: ServerAddress) throws -> Exchange {
        let dictionary = try AttributeDictionary(
            source: """
                ATTRIBUTE User-Password 2 string encrypt=1
                ATTRIBUTE NAS-IP-Address 4 ipaddr
                ATTRIBUTE Reply-Message 18 string
                ATTRIBUTE Session-Timeout 27 integer
                ATTRIBUTE Acct-Session-Id 44 string
                """)
        return Exchange(server: server, secret: secret, dictionary: dictionary)
    }

    @Test func everyMethodIsAcceptedAndRefused() throws {
        let peer = try FreeRADIUSPeer()
        var exchange = try exchange(peer.authentication)
        for method in AuthenticationMethod.allCases {
            let accept = try exchange.authenticate(user: "bob", password: "hello", method: method)
            #expect(accept.verdict == .accepted, "\(method)")
            let printed = accept.attributes.map { "\($0.definition.name)=\($0.printedValue)" }
            #expect(printed.contains("Reply-Message=hi") && printed.contains("Session-Timeout=600"), "\(method)")
        }
        // FreeRADIUS delays its rejects by a second.
        exchange.timeout = .seconds(3)
        let reject = try exchange.authenticate(user: "bob", password: "wrong", method: .mschapv2)
        guard case .rejected(let error?) = reject.verdict else {
            Issue.record("\(reject.verdict)")
            return
        }
        #expect(error.hasPrefix("E=691 "))
    }

    @Test func accountingIsAcknowledged() throws {
        let peer = try FreeRADIUSPeer()
        let exchange = try exchange(peer.accounting)
        let attributes = try [("Acct-Session-Id", "0001"), ("NAS-IP-Address", "192.0.2.1")].map { name, value in
            try Attribute.parse(value, for: #require(exchange.dictionary.attribute(named: name)))
        }
        #expect(try exchange.account(.start, attributes: attributes).verdict == .acknowledged)
    }

    @Test(arguments: LoadSettings.Kind.allCases) func loadIsAnswered(kind: LoadSettings.Kind) throws {
        let peer = try FreeRADIUSPeer()
        var settings = LoadSettings(
            server: kind == .accounting ? peer.accounting : peer.authentication, secret: secret, kind: kind,
            users: try LoadUsers([(name: "bob", password: "hello")]),
            pace: .closed(window: 8), limit: .count(400), warmUp: .zero, timeout: .seconds(10))
        settings.messageAuthenticator = kind == .pap
        let result = try LoadGenerator(settings).run()
        #expect(result.replies == 400)
        #expect(result.accepts == (kind == .accounting ? 0 : 400))
        #expect(result.badAuthenticators + result.timeouts + result.unexpected == 0)
    }
}
