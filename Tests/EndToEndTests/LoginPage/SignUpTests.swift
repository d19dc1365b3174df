import Foundation
import TestPeers
import TestSupport
import Testing

/// The registration form of the login page, up to the first login at the NAS.
@PeerThread
@Suite(
    .enabled(if: WebClient.isInstalled && Radclient.isInstalled && SMTPSink.isAvailable, "curl, radclient or python3-aiosmtpd is missing"))
struct LoginPageSignUpTests {
    @Test("sign up by e-mail, go online with the RADIUS token once, confirm the address", arguments: TestDatabase.Engine.available)
    func byEmail(engine: TestDatabase.Engine) throws {
        try Portal.with(engine) { portal in
            var page = portal.page()
            let signedUp = try page.signUp([
                "username": "bob@example.org", "email": "bob@example.org", "password1": "vivid copper kettle",
                "password2": "vivid copper kettle",
                // What the page adds for plans is none of our business.
                "plan_pricing": "1", "requires_payment": false,
            ])
            #expect(signedUp.status == 201, "\(signedUp.body)")
            #expect(signedUp.keys == ["key", "radius_user_token"])
            #expect(signedUp.text("key")?.wholeMatch(of: /[0-9a-f]{40}/) != nil)
            let early = try #require(signedUp.text("radius_user_token"))
            #expect(early.count == 40)
            #expect(try portal.handOff("bob@example.org", early).code == "Access-Reject", "nobody logged in yet")

            let status = try page.validate()
            #expect(status.status == 200)
            #expect(status.keys == LoginPage.user.union(["auth_token", "response_code"]))
            #expect(status.text("response_code") == "AUTH_TOKEN_VALIDATION_SUCCESSFUL")
            #expect(status.text("auth_token") == page.token)
            #expect(status.text("username") == "bob@example.org" && status.text("email") == "bob@example.org")
            #expect(status.isNull("phone_number") && status.isNull("birth_date"))
            #expect(status.text("method") == "" && status.flag("is_verified") == false)
            #expect(status.flag("is_active") == true && status.flag("password_expired") == false)
            let token = try #require(status.text("radius_user_token"))
            #expect(token != early)

            let accepted = try portal.handOff("bob@example.org", token)
            #expect(accepted.code == "Access-Accept", "\(accepted.output)")
            #expect(accepted.attributes.contains { $0.hasPrefix("Session-Timeout = ") })
            #expect(try portal.handOff("bob@example.org", token).code == "Access-Reject", "the token is good once")
            #expect(try portal.handOff("bob@example.org", "vivid copper kettle").code == "Access-Accept", "the password stays good")

            let letter = try portal.mail(to: "bob@example.org")
            let link = try #require(letter.firstMatch(of: /https?:\/\/[^\s"<>]+(\/accounts\/confirm-email\/[A-Za-z0-9_-]+\/)/)?.output.1)
            let shown = try portal.web.get(String(link))
            #expect(shown.status == 200 && shown.body.contains("bob@example.org"))
            #expect(try portal.web.get(String(link)).status == 200, "looking does not use the link up")
            #expect(try portal.web.post(String(link)).status == 200)
            #expect(
                try portal.site.count("SELECT count(*) FROM radian_email_address WHERE email = 'bob@example.org' AND is_verified = 1") == 1)
            #expect(try portal.web.post(String(link)).status == 404)
        }
    }

    @Test("sign up by telephone: code, verification, first login", arguments: TestDatabase.Engine.available)
    func byTelephone(engine: TestDatabase.Engine) throws {
        try Portal.with(engine, ["sms_verification=yes", "sms_sender=Cafe", "needs_identity_verification=yes", "sms_cooldown=0"]) {
            portal in
            var page = portal.page()
            let number = "+393664255801"
            let signedUp = try page.signUp([
                "username": number, "phone_number": number, "password1": "vivid copper kettle", "password2": "vivid copper kettle",
                "method": "mobile_phone",
            ])
            #expect(signedUp.status == 201, "\(signedUp.body)")
            let unverified = try page.validate()
            #expect(unverified.status == 200)
            #expect(unverified.flag("is_verified") == false && unverified.text("method") == "mobile_phone")
            #expect(unverified.text("phone_number") == number && unverified.isNull("email"))
            #expect(
                try portal.handOff(number, unverified.text("radius_user_token") ?? "").code == "Access-Reject", "not verified yet")

            let waiting = try page.codeStatus()
            #expect(waiting.status == 200 && waiting.keys == ["active"] && waiting.flag("active") == false)
            let sent = try page.sendCode()
            #expect(sent.status == 201 && sent.keys == ["cooldown"] && sent.object["cooldown"] as? Int == 0, "\(sent.body)")
            #expect(try page.codeStatus().flag("active") == true)
            let code = try portal.code(to: number)
            let wrong = try page.verify(code == "000000" ? "000001" : "000000")
            #expect(wrong.status == 400 && wrong.keys == ["non_field_errors"])
            let right = try page.verify(code)
            #expect(right.status == 200 && right.body.isEmpty)
            let again = try page.verify(code)
            #expect(again.status == 400 && again.keys == ["non_field_errors"])
            let done = try page.sendCode()
            #expect(done.status == 400 && done.keys == ["user"] && done.text("user") != nil, "a bare text: \(done.body)")

            let verified = try page.validate()
            #expect(verified.flag("is_verified") == true)
            #expect(try portal.handOff(number, verified.text("radius_user_token") ?? "").code == "Access-Accept")
            page.logOut()
            let login = try page.logIn(number, "vivid copper kettle")
            #expect(login.status == 200 && login.keys == LoginPage.user.union(["key"]))
        }
    }

    @Test("a pause between two codes is told in seconds, and limits nobody else", arguments: TestDatabase.Engine.available)
    func pause(engine: TestDatabase.Engine) throws {
        try Portal.with(engine, ["sms_verification=yes", "sms_sender=Cafe"]) { portal in
            try portal.add("bob", phone: "+393664255801")
            try portal.add("eve", phone: "+393664255802")
            var (bob, eve) = (portal.page(), portal.page())
            _ = try bob.logIn("bob", "vivid copper kettle")
            _ = try eve.logIn("eve", "vivid copper kettle")
            #expect(try bob.sendCode().object["cooldown"] as? Int == 30)
            let soon = try bob.sendCode()
            #expect(soon.status == 400 && soon.keys == ["non_field_errors", "cooldown"], "\(soon.body)")
            #expect((1...30).contains(soon.object["cooldown"] as? Int ?? 0))
            #expect(try eve.sendCode().status == 201)
            let taken = try eve.sendCode("+393664255801")
            #expect(taken.status == 400 && taken.keys == ["phone_number"], "\(taken.body)")
        }
    }

    @Test("fields that the organization asks for, or does not", arguments: TestDatabase.Engine.available)
    func optionalFields(engine: TestDatabase.Engine) throws {
        try Portal.with(engine, ["first_name=mandatory", "last_name=allowed", "birth_date=mandatory", "location=disabled"]) { portal in
            var page = portal.page()
            var form: [String: Any] = [
                "username": "bob", "email": "bob@example.org", "password1": "vivid copper kettle", "password2": "vivid copper kettle",
                "last_name": "Builder", "location": "Turin",
            ]
            let missing = try page.signUp(form)
            #expect(missing.status == 400 && missing.keys == ["first_name"], "one at a time: \(missing.body)")
            #expect(missing.text("first_name") != nil, "a bare text")
            form["first_name"] = "Bob"
            let next = try page.signUp(form)
            #expect(next.status == 400 && next.keys == ["birth_date"] && next.text("birth_date") != nil, "\(next.body)")
            form["birth_date"] = "31.01.1990"
            let wrong = try page.signUp(form)
            #expect(wrong.status == 400 && wrong.errors("birth_date") != nil, "an ordinary error: \(wrong.body)")
            form["birth_date"] = "1990-01-31"
            #expect(try page.signUp(form).status == 201)
            let user = try page.validate()
            #expect(user.text("first_name") == "Bob" && user.text("last_name") == "Builder" && user.text("birth_date") == "1990-01-31")
            #expect(user.text("location") == "", "nobody asked")
        }
    }

    @Test("what is wrong is told under its field; who has an account elsewhere is told where", arguments: TestDatabase.Engine.available)
    func refusals(engine: TestDatabase.Engine) throws {
        try Portal.with(engine) { portal in
            var page = portal.page()
            let empty = try page.signUp([:])
            #expect(empty.status == 400 && empty.keys == ["username", "password1", "password2"], "\(empty.body)")
            for key in empty.keys { #expect(empty.errors(key)?.count == 1) }
            let weak = try page.signUp(["username": "b b", "email": "no address", "password1": "12345", "password2": "12345"])
            #expect(weak.status == 400 && weak.keys == ["username", "email", "password1"], "\(weak.body)")
            let differing = try page.signUp([
                "username": "bob", "email": "bob@example.org", "password1": "vivid copper kettle", "password2": "vivid copper kettles",
            ])
            #expect(differing.status == 400 && differing.keys == ["non_field_errors"], "\(differing.body)")

            try portal.add("eve", organization: "bar", email: "eve@example.org")
            let elsewhere = try page.signUp([
                "username": "eve@example.org", "email": "eve@example.org", "password1": "vivid copper kettle",
                "password2": "vivid copper kettle",
            ])
            #expect(elsewhere.status == 409 && elsewhere.keys == ["details", "organizations"], "details, not detail: \(elsewhere.body)")
            let organizations = elsewhere.object["organizations"] as? [[String: String]]
            #expect(organizations == [["slug": "bar", "name": "Bar"]])
            try portal.add("bob", email: "bob@example.org")
            let here = try page.signUp([
                "username": "bob", "email": "bob@example.org", "password1": "vivid copper kettle", "password2": "vivid copper kettle",
            ])
            #expect(here.status == 400 && here.keys == ["username", "email"], "\(here.body)")

            var nowhere = portal.page("nowhere")
            let unknown = try nowhere.signUp([:])
            #expect(unknown.status == 404 && unknown.keys == ["detail"])
            let method = try portal.web.get("/api/v1/radius/organization/cafe/account/")
            #expect(method.status == 405 && method.fields["allow"] != nil && method.keys == ["detail"])
            #expect(try portal.site.count("SELECT count(*) FROM radian_user") == 2)
        }
    }

    @Test("where registration is closed nobody signs up or joins", arguments: TestDatabase.Engine.available)
    func closed(engine: TestDatabase.Engine) throws {
        try Portal.with(engine, ["registration_enabled=no"]) { portal in
            var page = portal.page()
            let refused = try page.signUp([
                "username": "bob", "email": "bob@example.org", "password1": "vivid copper kettle", "password2": "vivid copper kettle",
            ])
            #expect(refused.status == 403 && refused.keys == ["detail"])
            try portal.add("eve", organization: "bar")
            let login = try page.logIn("eve", "vivid copper kettle")
            #expect(login.status == 403 && login.keys == ["detail"], "\(login.body)")
            #expect(try portal.site.count("SELECT count(*) FROM radian_organization_user") == 1)
        }
    }
}
