import Accounts
import Database
import Registration
import Testing
import TestSupport
import WebRouting
import WebTestSupport

@Suite struct RedirectTests {
    @Test("social login and SAML answer as switched off")
    func disabled() async throws {
        try await Cafe.with(.sqlite) { cafe in
            #expect(await cafe.client.get("/radius/social-login/cafe/").status == 400)
            #expect(await cafe.client.get("/radius/social-login/unknown/?cp=https://p.example.org").status == 404)
            #expect(await cafe.client.get("/radius/social-login/cafe/?cp=https://p.example.org").status == 403)
            #expect(await cafe.client.get("/radius/saml2/login/").status == 200)
            #expect(
                await cafe.client.get("/radius/saml2/login/?RelayState=https%3A%2F%2Fp.example.org%2Flogin%3Forg%3Dunknown").status == 200)
            #expect(await cafe.client.get("/radius/saml2/login/?RelayState=https%3A%2F%2Fp.example.org%2Flogin%3Forg%3Dcafe").status == 403)
            #expect(await cafe.client.post("/radius/saml2/acs/").status == 403)
            #expect(await cafe.client.get("/radius/saml2/metadata/").status == 403)
        }
    }

    @Test("the demonstration's portal opens and ends sessions", arguments: Engine.available)
    func portal(engine: Engine) async throws {
        try await Cafe.with(engine, registration: { $0.servesPortalMock = true }) { cafe in
            try await cafe.add(User(username: "bob"))
            #expect(await cafe.client.post("/captive-portal-mock/login/", form: [("auth_pass", "wrong")]).status == 403)
            let login = await cafe.client.post(cafe.path("token/"), ["username": "bob", "password": "correct horse"])
            let token = login.json?["radius_user_token"]?.string ?? ""
            let opened = await cafe.client.post("/captive-portal-mock/login/", form: [("auth_user", "bob"), ("auth_pass", token)])
            #expect(opened.status == 200)
            let rows = try await cafe.table("SELECT acctsessionid, username, organization_id FROM radacct WHERE acctstoptime IS NULL")
            #expect(rows.map { Array($0.dropFirst()) } == [["bob", cafe.cafe.id]])
            let id = rows.first?.first ?? ""
            #expect(await cafe.client.post("/captive-portal-mock/logout/", form: [("logout_id", id)]).status == 200)
            #expect(try await cafe.table("SELECT acctsessionid FROM radacct WHERE acctstoptime IS NULL").isEmpty)
            #expect(await cafe.client.post("/captive-portal-mock/logout/", form: [("logout_id", id)]).status == 403)
        }
    }

    @Test("without the setting there is no such portal")
    func noPortal() async throws {
        try await Cafe.with(.sqlite) { cafe in
            #expect(await cafe.client.post("/captive-portal-mock/login/", form: [("auth_pass", "x")]).status == 404)
        }
    }
}
