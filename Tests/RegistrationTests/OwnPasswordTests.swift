import Accounts
import Database
import Registration
import Testing
import TestSupport
import WebRouting
import WebTestSupport

@Suite struct OwnPasswordTests {
    private func change(_ current: String, _ new: String, _ repetition: String? = nil) -> JSONValue {
        ["current_password": .string(current), "new_password": .string(new), "confirm_password": .string(repetition ?? new)]
    }

    @Test("a password is changed by who knows the old one", arguments: Engine.available)
    func change(engine: Engine) async throws {
        try await Cafe.with(engine) { cafe in
            let bob = try await cafe.add(User(username: "bob"))
            let client = try await cafe.client(bob)
            let path = cafe.path("password/change/")
            #expect(await cafe.client.post(path, change("correct horse", "vivid copper kettle")).status == 401)
            #expect(await client.post(path).keys == ["confirm_password", "current_password", "new_password"])
            #expect(await client.post(path, change("wrong", "vivid copper kettle")).keys == ["current_password"])
            #expect(await client.post(path, change("correct horse", "correct horse")).keys == ["new_password"])
            #expect(await client.post(path, change("correct horse", "vivid copper kettle", "other")).keys == ["confirm_password"])
            #expect(await client.post(path, change("correct horse", "12345678")).keys == ["new_password"])
            let foreign = await client.post(cafe.path("password/change/", of: cafe.bar), change("correct horse", "vivid copper kettle"))
            #expect(foreign.keys == ["non_field_errors"])
            let answer = await client.post(path, change("correct horse", "vivid copper kettle"))
            #expect(answer.status == 200)
            #expect(answer.keys == ["message", "status"])
            #expect(answer.json?["status"] == "Success")
            #expect(try await cafe.accounts.passwords.verify("vivid copper kettle", of: ["bob"]) == "bob")
            #expect(try await cafe.accounts.passwords.verify("correct horse", of: ["bob"]) == nil)
            #expect(await client.get(cafe.path("session/")).status == 200)
        }
    }

    @Test("a link goes to members and superusers with a password; the answer is the same for everybody", arguments: Engine.available)
    func request(engine: Engine) async throws {
        try await Cafe.with(engine) { cafe in
            try await cafe.add(User(username: "bob", email: "bob@example.org", phoneNumber: "+393664255801"))
            try await cafe.add(User(username: "eva", email: "eva@example.org"), to: [cafe.bar])
            try await cafe.add(User(username: "old", email: "old@example.org", isActive: false))
            try await cafe.add(User(username: "social", email: "social@example.org"), password: nil)
            try await cafe.add(User(username: "root", email: "root@example.org", isSuperuser: true), to: [])
            let path = cafe.path("password/reset/")
            var answers: Set<String> = []
            for input in ["bob", "BOB@example.org", "+393664255801", "eva", "old", "social", "nobody", "root", "\u{1F600}"] {
                let answer = await cafe.client.post(path, form: [("input", input)])
                #expect(answer.status == 200, "\(input)")
                #expect(answer.keys == ["detail"])
                answers.insert(answer.text)
            }
            #expect(answers.count == 1)
            let mails = try await cafe.messages("password-reset")
            #expect(mails.map(\.recipient).sorted() == ["bob@example.org", "bob@example.org", "bob@example.org", "root@example.org"])
            #expect(await cafe.client.post(path).keys == ["input"])
            #expect(await cafe.client.get(path).status == 405)
        }
    }

    /// The address in the newest mail, in its parts.
    private func link(_ cafe: Cafe) async throws -> (uid: String, token: String) {
        let text = try #require(try await cafe.messages("password-reset").last?.text)
        let match = try #require(
            text.firstMatch(of: /https:\/\/portal\.example\.org\/cafe\/password\/reset\/confirm\/([0-9a-f]{32})\/([A-Za-z0-9_-]+)/))
        return (String(match.1), String(match.2))
    }

    private func confirm(
        _ cafe: Cafe, _ uid: String, _ token: String, _ first: String, _ second: String? = nil, at organization: Organization? = nil
    )
        async -> TestAnswer
    {
        await cafe.client.post(
            cafe.path("password/reset/confirm/", of: organization),
            form: [("uid", uid), ("token", token), ("new_password1", first), ("new_password2", second ?? first)])
    }

    @Test("a link sets a password once", arguments: Engine.available)
    func confirm(engine: Engine) async throws {
        try await Cafe.with(engine) { cafe in
            try await cafe.add(User(username: "bob", email: "bob@example.org"))
            _ = await cafe.client.post(cafe.path("password/reset/"), ["input": "bob"])
            let (uid, token) = try await link(cafe)
            #expect(await confirm(cafe, "zz", token, "vivid copper kettle").keys == ["uid"])
            #expect(await confirm(cafe, "00000000000000000000000000000000", token, "vivid copper kettle").keys == ["uid"])
            #expect(await confirm(cafe, uid, "wrong", "vivid copper kettle").keys == ["token"])
            #expect(await confirm(cafe, uid, token, "vivid copper kettle", "other").keys == ["new_password2"])
            #expect(await confirm(cafe, uid, token, "12345678").keys == ["new_password2"])
            #expect(await confirm(cafe, uid, token, "vivid copper kettle", at: cafe.bar).keys == ["non_field_errors"])
            let missing = await cafe.client.post(cafe.path("password/reset/confirm/"))
            #expect(missing.keys == ["new_password1", "new_password2", "token", "uid"])
            let answer = await confirm(cafe, uid, token, "vivid copper kettle")
            #expect(answer.status == 200)
            #expect(answer.keys == ["detail"])
            #expect(try await cafe.accounts.passwords.verify("vivid copper kettle", of: ["bob"]) == "bob")
            #expect(await confirm(cafe, uid, token, "another copper kettle").keys == ["token"])
        }
    }

    @Test("a login makes links worthless")
    func loginAfterRequest() async throws {
        try await Cafe.with(.sqlite) { cafe in
            try await cafe.add(User(username: "bob", email: "bob@example.org"))
            _ = await cafe.client.post(cafe.path("password/reset/"), ["input": "bob"])
            let (uid, token) = try await link(cafe)
            #expect(await cafe.client.post(cafe.path("token/"), ["username": "bob", "password": "correct horse"]).status == 200)
            #expect(await confirm(cafe, uid, token, "vivid copper kettle").keys == ["token"])
        }
    }

    @Test("who has no address gets the link by a text message, where those are sent")
    func byTextMessage() async throws {
        try await Cafe.with(.sqlite, Cafe.sms) { cafe in
            try await cafe.add(User(username: "bob", phoneNumber: "+393664255801"))
            _ = await cafe.client.post(cafe.path("password/reset/"), ["input": "bob"])
            #expect(try await cafe.messages("password-reset").map(\.recipient) == ["+393664255801"])
        }
    }

    @Test("an organization's own link")
    func ownLink() async throws {
        try await Cafe.with(.sqlite, ["password_reset_url": "https://wifi.example.com/{organization}/p/{uid}/{token}"]) { cafe in
            try await cafe.add(User(username: "bob", email: "bob@example.org"))
            _ = await cafe.client.post(cafe.path("password/reset/"), ["input": "bob"])
            #expect(try await cafe.messages("password-reset").first?.text.contains("https://wifi.example.com/cafe/p/") == true)
        }
    }
}
