import TestPeers
import TestSupport
import Testing

/// A web service that speaks as FreeRADIUS's rlm_rest expects, asked by the running program.
@PeerThread
@Suite(.enabled(if: Radclient.isInstalled))
struct WebServiceTests {
    /// The two questions of rlm_rest's usual configuration.
    private static func configuration(_ web: ScriptedWebServer) -> String {
        """
        back_ends:
          - name: web
            type: http
            timeout: 2
            authorize_url: \(web.url)/user/%{User-Name}/mac/%{Called-Station-Id}?action=authorize
            authenticate_url: \(web.url)/user/%{User-Name}?action=authenticate
            authenticate_method: post
            authenticate_body: json
            user_name: radian
            password: key
        """
    }

    @Test("attributes of the answers shape the reply, statuses decide")
    func conventions() throws {
        let web = try ScriptedWebServer { request in
            switch request.line.split(separator: " ").dropFirst().first ?? "" {
            case "/user/alice/mac/00-11-22?action=authorize", "/user/bob/mac/?action=authorize":
                return .init(
                    status: 200,
                    body: #"{"control:Simultaneous-Use": 2, "reply:Session-Timeout": 600, "Filter-Id": ["a", "b"]}"#)
            case "/user/stored/mac/?action=authorize":
                return .init(status: 200, body: #"{"control:Cleartext-Password": {"value": "kept"}}"#)
            case "/user/locked/mac/?action=authorize": return .init(status: 403)
            case "/user/late/mac/?action=authorize": return .init(status: 200, isLate: true)
            case "/user/alice?action=authenticate":
                let isRight = request.body.contains(#""User-Password":{"type":"string","value":["s3cret"]}"#)
                return .init(status: isRight ? 200 : 401, body: isRight ? #"{"reply:Reply-Message": "welcome"}"# : "")
            case "/user/bob?action=authenticate": return .init(status: 204)
            default: return .init(status: 404)
            }
        }
        defer { web.stop() }
        try Site.with(.sqlite) { site in
            let server = try ServerUnderTest.start(site.database.url, configuration: Self.configuration(web))
            func logIn(_ user: String, _ password: String, _ more: [String] = [], attempts: Int = 3) throws -> Radclient.Reply {
                try Radclient.send(
                    ["User-Name = \(user)", "User-Password = \(password)"] + more, to: server.authPort, "auth", attempts: attempts,
                    timeout: attempts == 1 ? 0.5 : 5)
            }
            let alice = try logIn("alice", "s3cret", ["Called-Station-Id = 00-11-22"])
            #expect(alice.code == "Access-Accept", "\(alice.output)")
            for text in ["Session-Timeout = 600", "Filter-Id = \"a\"", "Filter-Id = \"b\"", "Reply-Message = \"welcome\""] {
                #expect(alice.attributes.contains(text), "\(text) in \(alice.attributes)")
            }
            #expect(web.requests.allSatisfy { $0.headers["authorization"] == "Basic cmFkaWFuOmtleQ==" })
            #expect(try logIn("alice", "wrong", ["Called-Station-Id = 00-11-22"]).code == "Access-Reject")
            try site.expectReason("password.mismatch", of: "alice")
            #expect(try logIn("bob", "anything").code == "Access-Accept")
            // A password that the service hands out is compared where it does not check it itself.
            #expect(try logIn("stored", "kept").code == "Access-Accept")
            #expect(try logIn("stored", "other").code == "Access-Reject")
            #expect(try logIn("locked", "x").code == "Access-Reject")
            try site.expectReason("account.inactive", of: "locked")
            #expect(try logIn("nobody", "x").code == "Access-Reject")
            try site.expectReason("user.unknown", of: "nobody")
            #expect(try logIn("late", "x", attempts: 1).code == nil)
            try eventually("the late answer counts") { try server.metric("radian_back_end_timeouts_total{back_end=\"web\"}") == 1 }
            #expect(try server.stop() == .code(0))
        }
    }
}
