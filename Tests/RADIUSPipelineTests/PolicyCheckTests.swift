import NIOConcurrencyHelpers
import RADIUSTransport
import RADIUSDictionary
import RADIUSPipeline
import RADIUSWire
import Testing

/// Check operators against the request, as rlm_sql compares.
struct PolicyCheckTests {
    struct Case: CustomTestStringConvertible {
        var row: (String, String, String)
        var request: [(String, String)] = []
        var matches: Bool
        var testDescription: String { "\(row.0) \(row.1) \(row.2) with \(request)" }
    }

    private static let port = [("NAS-Port", "10")]

    static let cases: [Case] = [
        // Equality, in both directions and for an absent attribute.
        Case(row: ("NAS-Port", "==", "10"), request: port, matches: true),
        Case(row: ("NAS-Port", "==", "11"), request: port, matches: false),
        Case(row: ("NAS-Port", "==", "10"), matches: false),
        Case(row: ("NAS-Port", "", "10"), request: port, matches: true),
        Case(row: ("NAS-Port", "!=", "11"), request: port, matches: true),
        Case(row: ("NAS-Port", "!=", "10"), request: port, matches: false),
        Case(row: ("NAS-Port", "!=", "10"), matches: false),
        // Order.
        Case(row: ("NAS-Port", "<", "11"), request: port, matches: true),
        Case(row: ("NAS-Port", "<", "10"), request: port, matches: false),
        Case(row: ("NAS-Port", "<=", "10"), request: port, matches: true),
        Case(row: ("NAS-Port", "<=", "9"), request: port, matches: false),
        Case(row: ("NAS-Port", ">", "9"), request: port, matches: true),
        Case(row: ("NAS-Port", ">", "10"), request: port, matches: false),
        Case(row: ("NAS-Port", ">=", "10"), request: port, matches: true),
        Case(row: ("NAS-Port", ">=", "11"), request: port, matches: false),
        Case(row: ("NAS-Port", ">=", "1"), matches: false),
        // Addresses compare as numbers.
        Case(row: ("Framed-IP-Address", ">", "10.0.0.9"), request: [("Framed-IP-Address", "10.0.0.10")], matches: true),
        // Presence.
        Case(row: ("NAS-Port", "=*", ""), request: port, matches: true),
        Case(row: ("NAS-Port", "=*", ""), matches: false),
        Case(row: ("NAS-Port", "!*", ""), matches: true),
        Case(row: ("NAS-Port", "!*", ""), request: port, matches: false),
        // Regular expressions; absent attributes fail both ways.
        Case(row: ("Called-Station-Id", "=~", ":guest$"), request: [("Called-Station-Id", "00-11-22-33-44-55:guest")], matches: true),
        Case(row: ("Called-Station-Id", "=~", ":staff$"), request: [("Called-Station-Id", "00-11-22-33-44-55:guest")], matches: false),
        Case(row: ("Called-Station-Id", "=~", "guest"), matches: false),
        Case(row: ("Called-Station-Id", "!~", "staff"), request: [("Called-Station-Id", "00-11-22-33-44-55:guest")], matches: true),
        Case(row: ("Called-Station-Id", "!~", "guest"), request: [("Called-Station-Id", "00-11-22-33-44-55:guest")], matches: false),
        Case(row: ("Called-Station-Id", "!~", "guest"), matches: false),
        Case(row: ("NAS-Port-Type", "=~", "^Wireless"), request: [("NAS-Port-Type", "Wireless-802.11")], matches: true),
        // Any instance may satisfy.
        Case(row: ("Class", "==", "0x02"), request: [("Class", "0x01"), ("Class", "0x02")], matches: true),
        // Assignments never compare, server attributes neither.
        Case(row: ("NAS-Port", ":=", "99"), request: port, matches: true),
        Case(row: ("NAS-Port", "+=", "99"), request: port, matches: true),
        Case(row: ("NAS-Port", "=", "10"), request: port, matches: true),
        Case(row: ("NAS-Port", "=", "99"), request: port, matches: false),
        // A password is not in the request: comparing it fails, as in FreeRADIUS.
        Case(row: ("Cleartext-Password", "==", "hello"), matches: false),
        Case(row: ("Simultaneous-Use", "=", "1"), matches: false),
        // Quotes and case.
        Case(row: ("NAS-Identifier", "==", "\"gate 1\""), request: [("NAS-Identifier", "gate 1")], matches: true),
        Case(row: ("nas-identifier", "==", "gate"), request: [("NAS-Identifier", "gate")], matches: true),
        Case(row: ("NAS-Identifier", "==", "Gate"), request: [("NAS-Identifier", "gate")], matches: false),
        // Virtual attributes.
        Case(row: ("Client-IP-Address", "==", "192.0.2.1"), matches: true),
        Case(row: ("Client-Shortname", "==", "gate"), matches: true),
        Case(row: ("Packet-Src-IP-Address", "!=", "192.0.2.1"), matches: false),
        Case(row: ("NAS-IP-Address", "==", "192.0.2.1"), matches: true),
        Case(row: ("NAS-IP-Address", "==", "192.0.2.1"), request: [("NAS-IP-Address", "192.0.2.9")], matches: false),
        Case(row: ("Packet-Type", "==", "Access-Request"), matches: true),
        Case(row: ("Service-Type", "==", "Framed-User"), request: [("Service-Type", "2")], matches: true),
        Case(row: ("Called-Station-SSID", "==", "guest"), request: [("Called-Station-Id", "00-11-22-33-44-55:guest")], matches: true),
        Case(row: ("Current-Time", "==", "Su1100-1300"), matches: true),
        Case(row: ("Current-Time", "==", "Mo1100-1300"), matches: false),
        Case(row: ("Time-Of-Day", "<", "12:00:01"), matches: true),
        Case(row: ("Time-Of-Day", ">=", "12:00:00"), matches: true),
        Case(row: ("Time-Of-Day", ">", "12:00:00"), matches: false),
        Case(row: ("Expiration", "==", "1 Jan 2036"), matches: true),
        Case(row: ("Expiration", "==", "1 Jan 2016"), matches: false),
        Case(row: ("SQL-Group", "==", "staff"), matches: true),
        Case(row: ("SQL-Group", "!=", "staff"), matches: false),
        Case(row: ("SQL-Group", "==", "other"), matches: false),
        Case(row: ("SQL-Group", "!=", "other"), matches: true),
        // Back-ticks expand.
        Case(
            row: ("NAS-Identifier", "==", "`%{NAS-Port}-%{%{Class}:-none}`"), request: port + [("NAS-Identifier", "10-none")], matches: true
        ),
    ]

    @Test(arguments: cases)
    func checkRow(_ item: Case) throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(
            checks: rows(.radcheck, item.row, ("Auth-Type", ":=", "Accept")), replies: rows(.radreply, ("Reply-Message", "=", "applied")),
            groups: [GroupPolicy(name: "staff", priority: 1)])
        let decision = try installation.logIn("bob", "x", item.request)
        #expect(decision.lines == (item.matches ? ["Reply-Message = applied"] : []))
        #expect(decision.code == (item.matches ? .accessAccept : .accessReject))
    }

    @Test func oldPasswordComparisonActsAsKnownGood() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(checks: rows(.radcheck, ("User-Password", "==", "hello")))
        #expect(try installation.logIn("bob", "hello").code == .accessAccept)
        #expect(try installation.logIn("bob", "other").reason == .passwordMismatch)
    }

    @Test func capturesFillBackTicks() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(
            checks: rows(.radcheck, ("NAS-Identifier", "=~", "^(ap)-([0-9]+)$"), ("Auth-Type", ":=", "Accept")),
            replies: rows(.radreply, ("Filter-Id", "=", "`zone-%{2}`")))
        #expect(try installation.logIn("bob", "x", [("NAS-Identifier", "ap-17")]).lines == ["Filter-Id = zone-17"])
    }

    @Test func compareTagsWhenTheRowNamesOne() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(checks: rows(.radcheck, ("Tunnel-Type:2", "==", "VLAN"), ("Auth-Type", ":=", "Accept")))
        func login(_ tag: UInt8) throws -> PacketCode? {
            try installation.decide([
                installation.attribute("User-Name", "bob"), installation.attribute("User-Password", "x"),
                installation.attribute("Tunnel-Type", "VLAN", tag: tag),
            ]).code
        }
        #expect(try login(2) == .accessAccept)
        #expect(try login(1) == .accessReject)
    }
}
