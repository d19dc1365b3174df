import Foundation
import TestPeers
import TestSupport
import Testing

/// The login form of the login page.
@PeerThread
@Suite(
    .enabled(if: WebClient.isInstalled && Radclient.isInstalled && SMTPSink.isAvailable, "curl, radclient or python3-aiosmtpd is missing"))
struct LoginPageLoginTests {
    @Test("user name, e-mail address and telephone number all log in, at the API and at the NAS", arguments: TestDatabase.Engine.available)
    func identifiers(engine: TestDatabase.Engine) throws {
        try Portal.with(engine, api: ["auto_prefixes: [\"+39\"]"], accounts: ["phone_prefixes: [\"+39\"]"]) { portal in
            try portal.add("bob", email: "Bob@example.org", phone: "+393664255801")
            var tokens: Set<String> = []
            for name in ["bob", "Bob@example.org", "bOB@EXAMPLE.org", "+393664255801", "3664255801"] {
                var page = portal.page()
                let login = try page.logIn(name, "vivid copper kettle")
                #expect(login.status == 200, "\(name): \(login.body)")
                #expect(login.keys == LoginPage.user.union(["key"]), "\(name)")
                #expect(login.text("username") == "bob" && login.text("email") == "Bob@example.org")
                #expect(login.text("phone_number") == "+393664255801")
                #expect(login.isNull("method") && login.isNull("is_verified"), "no registration here")
                tokens.insert(login.text("key") ?? "")
                let online = try portal.handOff(name, login.text("radius_user_token") ?? "")
                #expect(online.code == "Access-Accept", "\(name): \(online.output)")
            }
            #expect(tokens.count == 1, "the API token stays the same")
        }
    }

    @Test("wrong and missing credentials", arguments: TestDatabase.Engine.available)
    func refusals(engine: TestDatabase.Engine) throws {
        try Portal.with(engine) { portal in
            try portal.add("bob")
            var page = portal.page()
            for (name, password) in [("bob", "vivid copper kettles"), ("nobody", "vivid copper kettle"), ("' OR 1=1 --", "x")] {
                let wrong = try page.logIn(name, password)
                #expect(wrong.status == 400 && wrong.keys == ["non_field_errors"], "\(wrong.body)")
                #expect(wrong.errors("non_field_errors")?.count == 1)
                #expect(page.token == nil)
            }
            let missing = try portal.web.post("/api/v1/radius/organization/cafe/account/token/", .form([("username", "")]))
            #expect(missing.status == 400 && missing.keys == ["username", "password"], "\(missing.body)")
            let nobody = try page.validate()
            #expect(nobody.status == 401 && nobody.keys == ["response_code"])
            #expect(nobody.text("response_code") == "BLANK_OR_INVALID_TOKEN")
            page.come(with: String(repeating: "0", count: 40))
            #expect(try page.validate().text("response_code") == "BLANK_OR_INVALID_TOKEN")
            let sessions = try page.sessions("is_open=true")
            #expect(sessions.status == 401 && sessions.keys == ["detail"] && sessions.fields["www-authenticate"] == "Bearer")
            #expect(try portal.page("nowhere").validate().status == 404)
        }
    }

    @Test(
        "a token that was replaced ends the page's session; a deactivated user is told so and gets nothing",
        arguments: TestDatabase.Engine.available)
    func ended(engine: TestDatabase.Engine) throws {
        try Portal.with(engine) { portal in
            try portal.add("bob")
            var page = portal.page()
            let login = try page.logIn("bob", "vivid copper kettle")
            try portal.server.radian("user", "token", "bob", "--replace")
            #expect(try page.validate().status == 401)
            #expect(try page.sessions("is_open=true").status == 401)
            #expect(try page.usage().status == 401)
            #expect(try page.changePassword("vivid copper kettle", "quiet marble river").status == 401)

            try portal.server.radian("user", "disable", "bob")
            let token = login.text("radius_user_token") ?? ""
            #expect(try portal.handOff("bob", token).code == "Access-Reject")
            let inactive = try page.logIn("bob", "vivid copper kettle")
            #expect(inactive.status == 401, "\(inactive.body)")
            #expect(inactive.keys == LoginPage.user.union(["key"]))
            #expect(inactive.flag("is_active") == false && inactive.isNull("radius_user_token"))
            page.come(with: inactive.text("key") ?? "")
            let validated = try page.validate()
            #expect(validated.status == 200 && validated.flag("is_active") == false && validated.isNull("radius_user_token"))
            let sessions = try page.sessions("is_open=true")
            #expect(sessions.status == 401 && sessions.keys == ["detail"])
        }
    }

    @Test("a user of another organization joins, says how to be verified, and is let in then", arguments: TestDatabase.Engine.available)
    func completeSignUp(engine: TestDatabase.Engine) throws {
        let settings = ["sms_verification=yes", "sms_sender=Cafe", "needs_identity_verification=yes", "sms_cooldown=0"]
        try Portal.with(engine, settings) { portal in
            try portal.add("eve", organization: "bar", phone: "+393664255801")
            var page = portal.page()
            let login = try page.logIn("eve", "vivid copper kettle")
            #expect(login.status == 401 && login.flag("is_active") == true, "401 of an active user is success: \(login.body)")
            #expect(login.keys == LoginPage.user.union(["key"]))
            #expect(login.text("method") == "pending_verification" && login.flag("is_verified") == false)
            let refused = try portal.handOff("eve", login.text("radius_user_token") ?? "")
            #expect(refused.code == "Access-Reject", "\(refused.output)")
            let unknown = try page.choose("saml")
            #expect(unknown.status == 400 && unknown.errors("method") != nil, "\(unknown.body)")
            let chosen = try page.choose("mobile_phone")
            #expect(chosen.status == 200 && chosen.keys == ["method"] && chosen.text("method") == "mobile_phone")
            let twice = try page.choose("email")
            #expect(twice.status == 400 && twice.errors("method") != nil, "\(twice.body)")
            #expect(try page.sendCode().status == 201)
            #expect(try page.verify(try portal.code(to: "+393664255801")).status == 200)
            let verified = try page.logIn("eve", "vivid copper kettle")
            #expect(verified.status == 200)
            let online = try portal.handOff("eve", verified.text("radius_user_token") ?? "")
            #expect(online.code == "Access-Accept", "\(online.output)")
            // The other organization knows nothing of it.
            var other = portal.page("bar")
            let there = try other.logIn("eve", "vivid copper kettle")
            #expect(there.status == 200 && there.isNull("method") && there.isNull("is_verified"), "\(there.body)")
            let moved = try portal.handOff("eve", there.text("radius_user_token") ?? "")
            #expect(moved.code == "Access-Reject", "the token is for the other organization: \(moved.output)")
        }
    }

    @Test("a token of another organization's user opens nothing here", arguments: TestDatabase.Engine.available)
    func foreignToken(engine: TestDatabase.Engine) throws {
        try Portal.with(engine) { portal in
            try portal.add("eve", organization: "bar")
            var page = portal.page("bar")
            _ = try page.logIn("eve", "vivid copper kettle")
            var here = portal.page()
            here.come(with: page.token ?? "")
            let state = try here.validate()
            #expect(state.status == 200 && state.isNull("radius_user_token"), "\(state.body)")
            #expect(try here.changePassword("vivid copper kettle", "quiet marble river").keys == ["non_field_errors"])
            #expect(try here.choose("email").keys == ["non_field_errors"])
            #expect(try portal.site.count("SELECT count(*) FROM radian_organization_user") == 1, "nobody joined")
        }
    }

    @Test("messages come in the browser's language, and letters in the one that was used last", arguments: TestDatabase.Engine.available)
    func language(engine: TestDatabase.Engine) throws {
        try Portal.with(engine) { portal in
            try portal.add("bob", email: "bob@example.org")
            var english = portal.page()
            var italian = portal.page(language: "it-IT,it;q=0.9,en;q=0.5")
            let texts = try [english.logIn("bob", "wrong"), italian.logIn("bob", "wrong")].map {
                $0.errors("non_field_errors")?.first ?? ""
            }
            #expect(texts[0] == "Unable to log in with provided credentials.")
            #expect(texts[1] == "Impossibile accedere con le credenziali fornite.")
            #expect(try italian.logIn("bob", "vivid copper kettle").status == 200)
            #expect(try english.forget("bob").status == 200)
            let letter = try portal.mail(to: "bob@example.org")
            #expect(letter.contains("password") && !letter.contains("somebody, hopefully you"), "\(letter)")
            // Languages that we do not have are answered in English.
            var farsi = portal.page(language: "fa")
            #expect(try farsi.logIn("bob", "wrong").errors("non_field_errors")?.first == texts[0])
        }
    }
}
