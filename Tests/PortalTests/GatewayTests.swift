import Foundation
import Testing
import TestSupport

extension Gateway {
    static let all = forms + hotspots + told
}

/// Visitors of every kind of gateway: the gateway sends the browser, takes what comes back, asks Radian by RADIUS, and opens the network.
@Suite("Login pages at gateways", .enabled(if: Browser.isInstalled), .serialized)
struct GatewayTests {
    private let server: PortalServer

    init() throws { server = try PortalServer.shared.get() }

    /// A visitor whom a gateway has sent to the login page.
    private func arrive(_ gateway: Gateway, runsScripts: Bool = true) throws -> (GatewayVisit, LoginPage) {
        let visit = GatewayVisit(gateway, server)
        try GatewayServer.shared.get().serve(visit.host, gateway.handler(visit))
        let login = try LoginPage(runsScripts: runsScripts)
        try login.open("http://\(visit.host)/")
        if !runsScripts {
            try login.page.wait(for: "document.querySelector('h1') || document.title === 'Login'")
            if try login.page.text("document.title") == "Login" { try login.leave("document.querySelector('button').click()") }
        }
        try login.expect("Go online")
        return (visit, login)
    }

    private func isOpen(_ visit: GatewayVisit) -> Bool { waitUntil(within: .seconds(20)) { visit.device.isOpen } }

    @Test("log in, see the status, log out", arguments: Gateway.all, [true, false])
    func visit(gateway: Gateway, runsScripts: Bool) throws {
        guard runsScripts || !gateway.needsScripts else { return }
        let (visit, login) = try arrive(gateway, runsScripts: runsScripts)
        let base = "/login/\(gateway.organization)/"
        let user = "guest-of-\(gateway.organization)"

        // Each time somebody else, as too many wrong passwords of one account are not looked at.
        let stranger = "nobody-\(visit.device.station)"
        try login.logIn(stranger, "wrong-copper-kettle", at: base)
        let alert = try login.alert()
        #expect(alert.contains("The name or the password is not right."))
        let kept = try login.value("username")
        #expect(kept == stranger)
        #expect(!visit.device.isOpen)

        try login.logIn(user, PortalServer.memberPassword, at: base)
        try login.handOff()
        let isIn = isOpen(visit)
        try #require(isIn, "\(gateway.name): \(visit.device.requests) \(visit.device.reply)")
        if gateway.keepsBrowser { try login.open(visit.portal + "status/?online=1") }
        try login.expect("You are online")
        // The gateway speaks plain HTTP: the password must not have passed it.
        #expect(!visit.device.requests.contains { $0.contains(PortalServer.memberPassword) })
        if gateway.asksRADIUS {
            #expect(visit.device.isAccepted == true)
            try login.expectText(visit.station)
            try login.expectText("this device")
        }
        if runsScripts {
            let problems = login.page.takeProblems()
            #expect(problems == [], "\(gateway.name)")
        }

        try login.press("log-out/")
        try login.handOff()
        switch gateway.exit {
        case .gateway, .disconnect:
            let isOut = waitUntil(within: .seconds(20)) { !visit.device.isOpen }
            #expect(isOut, "\(gateway.name): \(visit.device.requests)")
        case .never: try login.expectText("You are logged out.")
        }
    }

    @Test(
        "a refusal of RADIUS is told in plain words",
        arguments: Gateway.all.filter { $0.asksRADIUS && $0.tellsRejection && ["demo", "site-a", "site-b"].contains($0.organization) })
    func refused(gateway: Gateway) throws {
        let (visit, login) = try arrive(gateway)
        let base = "/login/\(gateway.organization)/"
        try login.logIn("spent-of-\(gateway.organization)", PortalServer.memberPassword, at: base)
        try login.expectText("Your time for today (3 h) is used up.")
        try login.expectText("You can go online again at 00:00.")
        #expect(!visit.device.isOpen)
        #expect(visit.device.replyCount == 1)
        // Somebody else can go on from there.
        try login.logIn("guest-of-\(gateway.organization)", PortalServer.memberPassword, at: base)
        let isIn = isOpen(visit)
        #expect(isIn, "\(gateway.name): \(visit.device.requests)")
        visit.device.stop()
    }

    @Test("where this server decides, a limit that is used up is told before the gateway is")
    func refusedHere() throws {
        for gateway in Gateway.all where ["opennds-1", "aruba-coa"].contains(gateway.name) {
            let (visit, login) = try arrive(gateway)
            try login.logIn("spent-of-\(gateway.organization)", PortalServer.memberPassword, at: "/login/\(gateway.organization)/")
            try login.expectText("Your time for today (3 h) is used up.")
            #expect(!visit.device.isOpen)
        }
    }

    @Test("Cisco's CWA: while the session runs the device is let in by its address, afterwards it is sent to the page again")
    func centralWebAuthentication() throws {
        let gateway = try #require(Gateway.all.first { $0.name == "cisco-cwa" })
        let (visit, login) = try arrive(gateway)
        try login.logIn("guest-of-site-b", PortalServer.memberPassword, at: "/login/site-b/")
        let isIn = isOpen(visit)
        #expect(isIn)
        let name = visit.device.station.filter(\.isHexDigit).lowercased()
        // The station moves to another access point.
        let moved = visit.device.authenticate(name, .station)
        #expect(moved)
        #expect(visit.device.reply.contains { $0.hasPrefix("User-Name") && $0.contains("guest-of-site-b") })
        #expect(!visit.device.reply.contains { $0.contains("url-redirect") })
        try login.press("log-out/")
        let isOut = waitUntil(within: .seconds(20)) { !visit.device.isOpen }
        #expect(isOut)
        let again = visit.device.authenticate(name, .station)
        #expect(again)
        #expect(visit.device.reply.contains { $0.contains("url-redirect=") })
    }

    @Test("a device that is known to nobody is not let in under another name")
    func strangeStation() throws {
        let gateway = try #require(Gateway.all.first { $0.name == "cisco-cwa" })
        let visit = GatewayVisit(gateway, server)
        let isSent = visit.device.authenticate(visit.device.station.filter(\.isHexDigit).lowercased(), .station)
        #expect(isSent)
        #expect(visit.device.reply.contains { $0.contains("url-redirect=") })
        #expect(!visit.device.reply.contains { $0.contains("guest-of") })
    }
}
