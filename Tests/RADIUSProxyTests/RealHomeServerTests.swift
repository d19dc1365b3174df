import Foundation
import RADIUSClient
import RADIUSDictionary
import RADIUSProxy
import RADIUSWire
import TestSupport
import Testing

@testable import RADIUSTransport

/// Servers of other makers behind us, and clients of other makers in front.
@Suite(.serialized) struct RealHomeServerTests {
    private let environment: ConnectionEnvironment

    init() throws {
        environment = ConnectionEnvironment(
            handshakes: WorkPool(threads: 1, capacity: 16), dictionary: try ProxyInstallation.dictionary.get(), counters: LinkCounters(),
            logger: quiet)
    }

    /// Through us to a home server at a port of this machine.
    private func frontEnd(_ port: UInt16, _ adjust: (inout HomeServer) -> Void = { _ in }) throws -> FrontEnd {
        var server = HomeServer(name: "home", host: "127.0.0.1", address: IPAddress(ipv4: 0x7f00_0001), port: port, secret: homeSecret)
        server.timers.responseWindow = .seconds(10)
        adjust(&server)
        var realm = try #require(Realm(name: "home.org"))
        realm.authenticationPool = "home"
        if server.type == .both {
            realm.accountingPool = "home"
            realm.accounting = .relay
        }
        return try FrontEnd(
            ProxyInstallation(
                ProxyConfiguration(realms: [realm], homeServers: [server], pools: [HomeServerPool(name: "home", servers: ["home"])]),
                links: { [environment] server, role, receiver in
                    guard server.transport != .udp else { return server.makeUDPLink(role, receiver: receiver) }
                    let configuration = ConnectedLink.Configuration(
                        peer: server.endpoint(role), transport: server.transport, secret: server.secret)
                    return ConnectedLink(configuration, context: nil, environment: environment)
                },
                { settings in
                    settings.maximumTime = .seconds(10)
                    settings.retransmissionInterval = .seconds(2)
                }))
    }

    private func logIn(_ front: FrontEnd, _ method: RADIUSClient.AuthenticationMethod, _ password: String) throws -> ClientReply {
        try front.client().authenticate(user: "bob@home.org", password: password, method: method)
    }

    private func checkLogins(_ front: FrontEnd) throws {
        for method in RADIUSClient.AuthenticationMethod.allCases {
            let accepted = try logIn(front, method, "hello")
            #expect(accepted.verdict == .accepted, "\(method)")
            func value(_ name: String) -> AttributeValue? { accepted.attributes.first { $0.definition.name == name }?.value }
            #expect(value("Reply-Message") == .text("from home"))
            #expect(value("Tunnel-Password") == .text("tunnel-secret"), "hidden anew")
            if method == .mschapv2 {
                guard case .bytes(let key)? = value("MS-MPPE-Send-Key") else {
                    Issue.record("no key")
                    continue
                }
                #expect(key.count == 16)
            }
            #expect(accepted.hasMessageAuthenticator)
            let refused = try logIn(front, method, "wrong")
            #expect(refused.code == .accessReject, "\(method)")
        }
    }

    @Test(.enabled(if: PeerProcess.isInstalled(RealPeers.freeRADIUS), "FreeRADIUS is not installed"))
    func everyMethodReachesFreeRADIUS() throws {
        let port = try RealPeers.freePort()
        let home = try RealPeers.startFreeRADIUS(port: port)
        let front = try frontEnd(port)
        try checkLogins(front)
        #expect(try front.site.status("home").condition == .alive)
        home.stop()
    }

    /// The server goes away under an open connection and comes back: no request waits for a timer.
    @Test(.enabled(if: PeerProcess.isInstalled(RealPeers.freeRADIUS), "FreeRADIUS is not installed"))
    func freeRADIUSIsReachedOverTCPAgainAfterItsRestart() throws {
        let port = try RealPeers.freePort()
        let front: FrontEnd
        do {
            let home = try RealPeers.startFreeRADIUS(port: port)
            front = try frontEnd(port) { server in
                server.type = .authentication
                server.transport = .tcp
            }
            try checkLogins(front)
            home.stop()
        }
        let reply = try? front.client(timeout: .seconds(1)).authenticate(user: "bob@home.org", password: "hello", method: .pap)
        #expect(reply == nil)
        let again = try RealPeers.startFreeRADIUS(port: port)
        #expect(
            waitUntil {
                let reply = try? front.client(timeout: .seconds(1)).authenticate(user: "bob@home.org", password: "hello", method: .pap)
                return reply?.verdict == .accepted
            })
        #expect(try front.site.status("home").condition == .alive)
        again.stop()
    }

    @Test(.enabled(if: PeerProcess.isInstalled(RealPeers.freeRADIUS), "FreeRADIUS is not installed"))
    func accountingReachesFreeRADIUS() throws {
        let port = try RealPeers.freePort()
        let home = try RealPeers.startFreeRADIUS(port: port)
        let front = try frontEnd(port)
        let dictionary = try ProxyInstallation.dictionary.get()
        func attribute(_ name: String, _ value: String) throws -> Attribute {
            try Attribute.parse(value, for: #require(dictionary.attribute(named: name)))
        }
        let reply = try front.client(.accounting).account(
            .start,
            attributes: [attribute("User-Name", "bob@home.org"), attribute("Acct-Session-Id", "42"), attribute("NAS-Identifier", "gate")])
        #expect(reply.code == .accountingResponse)
        let detail = try String(contentsOf: home.directory.appending(path: "detail"), encoding: .utf8)
        #expect(detail.contains("Acct-Session-Id = \"42\""))
        #expect(detail.contains("User-Name = \"bob\""))
    }

    @Test(.enabled(if: PeerProcess.isInstalled(RealPeers.freeRADIUS, RealPeers.radsecproxy), "FreeRADIUS or radsecproxy is not installed"))
    func radsecproxyInBetweenChangesNothing() throws {
        let ports = try (home: RealPeers.freePort(), proxy: RealPeers.freePort())
        let home = try RealPeers.startFreeRADIUS(port: ports.home)
        let between = try RealPeers.startRadsecproxy(port: ports.proxy, to: ports.home)
        let front = try frontEnd(ports.proxy)
        try checkLogins(front)
        between.stop()
        home.stop()
    }

    /// A stopped server is silent, becomes a zombie and dead, and comes back by its checks.
    @Test(.enabled(if: PeerProcess.isInstalled(RealPeers.freeRADIUS), "FreeRADIUS is not installed"))
    func aFrozenFreeRADIUSIsFoundDeadAndAliveAgain() throws {
        let port = try RealPeers.freePort()
        let home = try RealPeers.startFreeRADIUS(port: port)
        let front = try frontEnd(port) { server in
            server.type = .authentication
            server.statusCheck = .statusServer
            server.timers.responseWindow = .milliseconds(300)
            server.timers.zombiePeriod = .seconds(1)
            server.timers.checkInterval = .seconds(1)
            server.timers.checkTimeout = .milliseconds(500)
            server.timers.answersToAlive = 1
        }
        func condition() throws -> HomeServerCondition { try front.site.status("home").condition }
        home.send(SIGSTOP)
        let client = try front.client(timeout: .seconds(1))
        let reply = try? client.authenticate(user: "bob@home.org", password: "hello", method: .pap)
        #expect(reply == nil)
        #expect(try waitUntil { try condition() == .dead })
        home.send(SIGCONT)
        #expect(try waitUntil { try condition() == .alive })
        #expect(try logIn(front, .pap, "hello").verdict == .accepted)
    }

    @Test(
        .enabled(
            if: PeerProcess.isInstalled(RealPeers.hostapd, RealPeers.eapolTest, RealPeers.openssl), "hostapd or eapol_test is not installed"
        ),
        arguments: [("PEAP", "auth=MSCHAPV2"), ("TTLS", "auth=PAP")])
    func eapTunnelsPassThroughUsWithTheirKeys(method: String, inner: String) throws {
        let port = try RealPeers.freePort()
        let home = try RealPeers.startHostapd(port: port)
        let front = try frontEnd(port) { $0.type = .authentication }
        let network = """
            network={
             key_mgmt=WPA-EAP
             eap=\(method)
             identity="bob"
             anonymous_identity="anonymous@home.org"
             password="hello"
             ca_cert="ca.pem"
             phase2="\(inner)"
            }
            """
        try network.write(to: home.directory.appending(path: "network"), atomically: true, encoding: .utf8)
        // eapol_test itself compares the MPPE keys it gets with those it derived.
        let result = try PeerProcess.run(
            RealPeers.eapolTest, ["-c", "network", "-a", "127.0.0.1", "-p", "\(front.port())", "-s", "nas-secret", "-r", "0", "-t", "15"],
            in: home.directory)
        #expect(result.status == 0)
        #expect(result.output.contains("MPPE keys OK: 1  mismatch: 0"), "\(result.output.suffix(2000))")
    }
}
