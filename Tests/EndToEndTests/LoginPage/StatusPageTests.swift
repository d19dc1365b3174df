import Foundation
import TestPeers
import TestSupport
import Testing

/// The status page of the login page: sessions, usage, log-out; telephone numbers and passwords.
@PeerThread
@Suite(
    .enabled(if: WebClient.isInstalled && Radclient.isInstalled && SMTPSink.isAvailable, "curl, radclient or python3-aiosmtpd is missing"))
struct LoginPageStatusTests {
    private static let session: Set<String> = [
        "session_id", "unique_id", "username", "groupname", "realm", "nas_ip_address", "nas_port_id", "nas_port_type", "start_time",
        "update_time", "stop_time", "interval", "session_time", "authentication", "connection_info_start", "connection_info_stop",
        "input_octets", "output_octets", "called_station_id", "calling_station_id", "terminate_cause", "service_type", "framed_protocol",
        "framed_ip_address", "framed_ipv6_address", "framed_ipv6_prefix", "framed_interface_id", "delegated_ipv6_prefix", "organization",
        "start_time_display", "stop_time_display",
    ]

    @Test("sessions, usage and log-out, from the accounting of the NAS", arguments: TestDatabase.Engine.available)
    func sessions(engine: TestDatabase.Engine) throws {
        try Portal.with(engine) { portal in
            try portal.add("bob")
            try portal.add("eve")
            var page = portal.page()
            let login = try page.logIn("bob", "vivid copper kettle")
            let station = "02:00:00:00:00:01"
            let token = login.text("radius_user_token") ?? ""
            #expect(try portal.handOff("bob", token, station: station).code == "Access-Accept")
            let none = try page.sessions("is_open=true")
            #expect(none.status == 200 && none.body == "[]" && none.fields["link"] == nil)
            // More than 32 bits of data.
            try portal.account("Start", "s1", "bob", station: station)
            try portal.account(
                "Interim-Update", "s1", "bob", station: station,
                ["Acct-Session-Time = 60", "Acct-Input-Octets = 1000", "Acct-Input-Gigawords = 1", "Acct-Output-Octets = 500"])
            try portal.account("Start", "s2", "eve", station: "02:00:00:00:00:02")

            let open = try page.sessions("is_open=true")
            let sessions = try #require(open.list)
            #expect(sessions.count == 1, "only one's own")
            #expect(Set(sessions[0].keys) == Self.session)
            #expect(sessions[0]["session_id"] as? String == "s1")
            #expect(sessions[0]["calling_station_id"] as? String == station, "as the NAS writes it in macaddr")
            #expect(sessions[0]["input_octets"] as? Int == 1 << 32 + 1000 && sessions[0]["output_octets"] as? Int == 500)
            #expect(sessions[0]["session_time"] as? Int == 60 && sessions[0]["stop_time"] is NSNull)
            #expect((sessions[0]["start_time"] as? String)?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*(Z|[+-]\d\d:\d\d)/) != nil)

            let usage = try page.usage()
            #expect(usage.status == 200 && usage.keys == ["checks"], "\(usage.body)")
            let checks = try #require(usage.object["checks"] as? [[String: Any]])
            #expect(checks.allSatisfy { Set($0.keys) == ["attribute", "op", "value", "result", "type"] })
            #expect(checks.map { $0["attribute"] as? String } == ["Max-Daily-Session", "Max-Daily-Session-Traffic"])
            #expect(checks.map { $0["value"] as? String } == ["10800", "3000000000"], "texts")
            #expect(checks.map { $0["type"] as? String } == ["seconds", "bytes"])
            #expect(checks.map { $0["op"] as? String } == [":=", ":="])
            #expect(checks[1]["result"] as? Int == 3_000_000_000, "cut to the limit")

            // Log-out: the page finds its session by the station, the NAS ends it.
            let own = try page.sessions("is_open=true&calling_station_id=\(station)")
            #expect(own.list?.first?["session_id"] as? String == "s1")
            #expect(try page.sessions("is_open=true&calling_station_id=02-00-00-00-00-99").body == "[]")
            try portal.account(
                "Stop", "s1", "bob", station: station,
                ["Acct-Session-Time = 90", "Acct-Input-Octets = 1000", "Acct-Input-Gigawords = 1", "Acct-Terminate-Cause = User-Request"])
            #expect(try page.sessions("is_open=true").body == "[]")
            let closed = try #require(try page.sessions("page=1&is_open=false").list?.first)
            #expect(closed["stop_time"] is String && closed["terminate_cause"] as? String == "User-Request")
            let refused = try portal.handOff("bob", "vivid copper kettle")
            #expect(refused.code == "Access-Reject", "\(refused.output)")
            #expect(refused.attributes.contains("Reply-Message = \"Your maximum daily usage time has been reached\""), "\(refused.output)")
        }
    }

    @Test("the list goes on by Link, and ends", arguments: TestDatabase.Engine.available)
    func pages(engine: TestDatabase.Engine) throws {
        try Portal.with(engine) { portal in
            try portal.add("bob")
            var page = portal.page()
            _ = try page.logIn("bob", "vivid copper kettle")
            for number in 0..<23 {
                let station = String(format: "02:00:00:00:01:%02X", number)
                try portal.account("Start", "s\(number)", "bob", station: station)
                try portal.account("Stop", "s\(number)", "bob", station: station, ["Acct-Session-Time = 1"])
            }
            let base = "\(portal.web.origin)/api/v1/radius/organization/cafe/account/session/?is_open=false"
            let first = try page.sessions("page=1&is_open=false")
            #expect(first.list?.count == 10)
            #expect(first.fields["link"] == "<\(base)&page=2>; rel=\"next\", <\(base)&page=3>; rel=\"last\"", "\(first.fields)")
            let second = try page.sessions("page=2&is_open=false")
            #expect(
                second.fields["link"]
                    == "<\(base)>; rel=\"prev\", <\(base)&page=3>; rel=\"next\", <\(base)>; rel=\"first\", <\(base)&page=3>; rel=\"last\"")
            let third = try page.sessions("page=3&is_open=false")
            #expect(third.list?.count == 3 && third.fields["link"]?.contains("next") == false)
            let past = try page.sessions("page=4&is_open=false")
            #expect(past.status == 404 && past.keys == ["detail"])
            let all = try page.sessions("page_size=1000&is_open=false")
            #expect(all.list?.count == 23 && all.fields["link"] == nil)
            let ids = try (1...3).flatMap { try page.sessions("page=\($0)&is_open=false").list ?? [] }.compactMap {
                $0["session_id"] as? String
            }
            #expect(Set(ids).count == 23)
            let wrong = try page.sessions("is_open=perhaps")
            #expect(wrong.status == 400 && wrong.keys == ["is_open"], "\(wrong.body)")
        }
    }

    @Test("a new telephone number counts once its code is typed", arguments: TestDatabase.Engine.available)
    func changeNumber(engine: TestDatabase.Engine) throws {
        let settings = ["sms_verification=yes", "sms_sender=Cafe", "needs_identity_verification=yes", "sms_cooldown=0"]
        try Portal.with(engine, settings) { portal in
            var page = portal.page()
            let (old, new) = ("+393664255801", "+393664255802")
            _ = try page.signUp([
                "username": old, "phone_number": old, "password1": "vivid copper kettle", "password2": "vivid copper kettle",
                "method": "mobile_phone",
            ])
            #expect(try page.sendCode().status == 201)
            #expect(try page.verify(try portal.code(to: old)).status == 200)
            for (number, reason) in [("", "blank"), (old, "the present one"), ("12", "no number")] {
                let wrong = try page.changeNumber(number)
                #expect(wrong.status == 400 && wrong.keys == ["phone_number"], "\(reason): \(wrong.body)")
            }
            let changed = try page.changeNumber(new)
            #expect(changed.status == 200 && changed.body.isEmpty, "\(changed.body)")
            let pending = try page.validate()
            #expect(pending.flag("is_verified") == false && pending.text("phone_number") == new && pending.text("username") == old)
            #expect(try portal.handOff(old, "vivid copper kettle").code == "Access-Reject", "not verified until then")
            #expect(try page.verify(try portal.code(to: new)).status == 200)
            let verified = try page.validate()
            #expect(verified.flag("is_verified") == true && verified.text("phone_number") == new && verified.text("username") == new)
            #expect(try portal.handOff(new, verified.text("radius_user_token") ?? "").code == "Access-Accept")
            #expect(try portal.handOff(old, "vivid copper kettle").code == "Access-Reject")
        }
    }

    @Test("without codes by SMS all routes of telephones answer 403, whoever asks", arguments: TestDatabase.Engine.available)
    func noSMS(engine: TestDatabase.Engine) throws {
        try Portal.with(engine) { portal in
            try portal.add("bob", phone: "+393664255801")
            var page = portal.page()
            for _ in 0..<2 {
                for answer in try [page.sendCode(), page.codeStatus(), page.verify("123456"), page.changeNumber("+393664255802")] {
                    #expect(answer.status == 403 && answer.keys == ["detail"], "\(answer.body)")
                }
                _ = try page.logIn("bob", "vivid copper kettle")
            }
        }
    }

    @Test("the password is changed, and forgotten and set anew by a letter", arguments: TestDatabase.Engine.available)
    func password(engine: TestDatabase.Engine) throws {
        try Portal.with(engine) { portal in
            try portal.add("bob", email: "bob@example.org")
            var page = portal.page()
            let login = try page.logIn("bob", "vivid copper kettle")
            let wrong = try page.changePassword("wrong", "quiet marble river")
            #expect(wrong.status == 400 && wrong.keys == ["current_password"], "\(wrong.body)")
            let same = try page.changePassword("vivid copper kettle", "vivid copper kettle")
            #expect(same.status == 400 && same.keys == ["new_password"], "\(same.body)")
            let differing = try page.changePassword("vivid copper kettle", "quiet marble river", again: "quiet marble rivers")
            #expect(differing.status == 400 && differing.keys == ["confirm_password"], "\(differing.body)")
            let weak = try page.changePassword("vivid copper kettle", "12345678")
            #expect(weak.status == 400 && weak.keys == ["new_password"], "\(weak.body)")
            let changed = try page.changePassword("vivid copper kettle", "quiet marble river")
            #expect(changed.status == 200 && changed.keys == ["status", "message"], "\(changed.body)")
            #expect(changed.text("status") == "Success" && changed.text("message")?.isEmpty == false)
            #expect(try page.validate().status == 200, "the API token stays good")
            #expect(try portal.handOff("bob", "vivid copper kettle").code == "Access-Reject")
            #expect(try portal.handOff("bob", "quiet marble river").code == "Access-Accept")

            // Whether there is such a user is nobody's business.
            let answers = try ["bob", "BOB@example.org", "nobody", "eve@example.org"].map { try page.forget($0) }
            #expect(answers.allSatisfy { $0.status == 200 && $0.keys == ["detail"] && $0.body == answers[0].body }, "\(answers)")
            let nothing = try page.forget("")
            #expect(nothing.status == 400 && nothing.keys == ["input"], "\(nothing.body)")
            let letter = try portal.mail(to: "bob@example.org", count: 2)
            let link = try #require(
                letter.firstMatch(of: /https:\/\/wifi.example.org\/cafe\/password\/reset\/confirm\/([0-9a-f]{32})\/([A-Za-z0-9_-]+)/))
            let (uid, token) = (String(link.output.1), String(link.output.2))
            let mismatch = try page.reset("amber window seat", again: "amber window seats", uid: uid, token: token)
            #expect(mismatch.status == 400 && mismatch.keys == ["new_password2"], "\(mismatch.body)")
            let forged = try page.reset("amber window seat", uid: uid, token: token + "x")
            #expect(forged.status == 400 && forged.keys == ["token"], "\(forged.body)")
            let nobody = try page.reset("amber window seat", uid: String(repeating: "0", count: 32), token: token)
            #expect(nobody.status == 400 && nobody.keys == ["uid"], "\(nobody.body)")
            let set = try page.reset("amber window seat", uid: uid, token: token)
            #expect(set.status == 200 && set.keys == ["detail"], "\(set.body)")
            #expect(try page.reset("another amber seat", uid: uid, token: token).keys == ["token"], "good once")
            #expect(try page.logIn("bob", "quiet marble river").status == 400)
            let again = try page.logIn("bob", "amber window seat")
            #expect(again.status == 200 && again.text("key") == login.text("key"))
            #expect(sink(portal, "eve@example.org") == 0 && sink(portal, "bob@example.org") == 2)
        }
    }

    private func sink(_ portal: Portal, _ address: String) -> Int { portal.sink.mails.filter { $0.to == [address] }.count }

    @Test("an expired password lets nobody online but into the page that changes it", arguments: TestDatabase.Engine.available)
    func expiredPassword(engine: TestDatabase.Engine) throws {
        try Portal.with(engine, accounts: ["password_expiration_days: 30"]) { portal in
            try portal.add("bob")
            try portal.site.script("UPDATE radian_user SET password_updated = 1 WHERE username = 'bob'")
            var page = portal.page()
            let login = try page.logIn("bob", "vivid copper kettle")
            #expect(login.flag("password_expired") == true, "\(login.body)")
            #expect(try portal.handOff("bob", "vivid copper kettle").code == "Access-Reject")
            #expect(try portal.handOff("bob", login.text("radius_user_token") ?? "").code == "Access-Reject")
            #expect(try page.sessions("is_open=true").status == 200, "the page shows what there is")
            let changed = try page.changePassword("vivid copper kettle", "quiet marble river")
            #expect(changed.status == 200, "\(changed.body)")
            let state = try page.validate()
            #expect(state.flag("password_expired") == false)
            #expect(try portal.handOff("bob", state.text("radius_user_token") ?? "").code == "Access-Accept")
        }
    }

    @Test("a link in a letter logs in once", arguments: TestDatabase.Engine.available)
    func oneTimeToken(engine: TestDatabase.Engine) throws {
        try Portal.with(engine, ["login_url=https://wifi.example.org/cafe/login"], api: ["sesame_max_age: 3600"]) { portal in
            try portal.add("bob", email: "bob@example.org")
            try portal.account("Start", "s1", "bob", station: "02:00:00:00:00:01")
            let letter = try portal.mail(to: "bob@example.org")
            let token = try #require(letter.firstMatch(of: /https:\/\/wifi.example.org\/cafe\/login\?sesame=([A-Za-z0-9_-]+)/)?.output.1)
            var page = portal.page()
            let login = try page.logIn(oneTimeToken: String(token))
            #expect(login.status == 200 && login.text("username") == "bob", "\(login.body)")
            #expect(login.keys == LoginPage.user.union(["key"]))
            #expect(try page.validate().status == 200)
            let twice = try page.logIn(oneTimeToken: String(token))
            #expect(twice.status == 403 && twice.keys == ["detail"], "\(twice.body)")
        }
    }
}
