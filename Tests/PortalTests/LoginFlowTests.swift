import Foundation
import Testing
import TestSupport

/// What people do on login pages beside logging in, in a real browser against the real program.
@Suite("Login pages in a browser", .enabled(if: Browser.isInstalled), .serialized)
struct LoginFlowTests {
    private let server: PortalServer

    init() throws { server = try PortalServer.shared.get() }

    /// Sent by a MikroTik to an organization's page.
    private func arrive(_ organization: String, _ look: BrowserPage.Look = .phone, runsScripts: Bool = true) throws -> (
        GatewayVisit, LoginPage
    ) {
        var gateway = try #require(Gateway.all.first { $0.name == "mikrotik-chap" })
        gateway.organization = organization
        let visit = GatewayVisit(gateway, server)
        try GatewayServer.shared.get().serve(visit.host, gateway.handler(visit))
        let login = try LoginPage(look, runsScripts: runsScripts)
        try login.open("http://\(visit.host)/")
        if !runsScripts {
            try login.page.wait(for: "document.title === 'Login'")
            try login.leave("document.querySelector('button').click()")
        }
        try login.expect("Go online")
        return (visit, login)
    }

    private func isOpen(_ visit: GatewayVisit) -> Bool { waitUntil(within: .seconds(20)) { visit.device.isOpen } }

    /// Each user is asked once.
    private func acceptTerms(_ login: LoginPage) throws {
        try login.page.wait(for: "document.querySelector('h1') && document.querySelector('h1').textContent !== 'Go online'")
        guard try login.page.text("document.querySelector('h1').textContent") == "Terms of use" else { return }
        try login.tick("terms")
        try login.press("terms/")
    }

    private func code(to number: String, count: Int) throws -> String {
        let texts = try server.messages("sms", to: number, count: count)
        return String(try #require(texts[count - 1].firstMatch(of: /\b[0-9]{6}\b/)).output)
    }

    @Test("sign up, verify by text message, change the number, go online, see sessions, delete the account", arguments: [true, false])
    func signUp(runsScripts: Bool) throws {
        let (visit, login) = try arrive("hotel", runsScripts: runsScripts)
        let number = runsScripts ? "+393664255801" : "+393664255802"
        let other = runsScripts ? "+393664255811" : "+393664255812"
        try login.press("sign-up/")
        try login.expect("Make an account")
        try login.fill("phone_number", number)
        try login.fill("password1", PortalServer.memberPassword)
        try login.fill("password2", "another-kettle")
        try login.press("sign-up/")
        try login.expectText("The two password fields didn't match.")
        let kept = try login.value("phone_number")
        #expect(kept == number)
        try login.fill("password1", PortalServer.memberPassword)
        try login.fill("password2", PortalServer.memberPassword)
        try login.press("sign-up/")
        try login.expect("Confirm your telephone number")
        try login.expectText(number)

        // The number was wrong: another one, then a wrong code, then the right one.
        _ = try code(to: number, count: 1)
        try login.fill("phone_number", other)
        try login.press("verify/number/")
        try login.expectText("A code is on its way to the new number.")
        let right = try code(to: other, count: 1)
        try login.fill("code", right == "000000" ? "111111" : "000000")
        try login.press("verify/")
        let alert = try login.alert()
        #expect(!alert.isEmpty)
        try login.fill("code", right)
        try login.press("verify/")
        try login.handOff()
        let isIn = isOpen(visit)
        try #require(isIn, "\(visit.device.requests)")
        try login.expect("You are online")
        try login.expectText(visit.station)

        try login.press("status/end/")
        try login.expectText("The network was asked to end the session.")
        let isOut = waitUntil(within: .seconds(20)) { !visit.device.isOpen }
        #expect(isOut)

        try login.press("delete/")
        try login.expect("Delete the account")
        try login.fill("password", "wrong-kettle")
        try login.press("delete/")
        try login.expectText("The password is wrong.")
        try login.fill("password", PortalServer.memberPassword)
        try login.press("delete/")
        try login.expect("Goodbye")
    }

    @Test("forgotten password: the letter's link, a new password, log in, change it", arguments: [true, false])
    func password(runsScripts: Bool) throws {
        let (visit, login) = try arrive("plaza", runsScripts: runsScripts)
        let count = runsScripts ? 1 : 2
        try login.fill("username", "lucia@example.org")
        try login.press("password/forgotten/")
        try login.expect("Forgotten password")
        let kept = try login.value("input")
        #expect(kept == "lucia@example.org")
        try login.press("password/forgotten/")
        try login.expect("Look at your messages")
        let letter = try server.messages("mail", to: "lucia@example.org", count: count)[count - 1]
        let link = String(try #require(letter.firstMatch(of: /http:\/\/[^\s"<]+password\/reset\/[^\s"<]+/)).output)

        let elsewhere = try LoginPage(.desk, runsScripts: runsScripts)
        try elsewhere.open(link)
        try elsewhere.expect("Choose a new password")
        let chosen = "amber-copper-kettle-\(count)"
        try elsewhere.fill("new_password1", "12345678")
        try elsewhere.fill("new_password2", "12345678")
        try elsewhere.press("/")
        let alert = try elsewhere.alert()
        #expect(!alert.isEmpty)
        try elsewhere.fill("new_password1", chosen)
        try elsewhere.fill("new_password2", chosen)
        try elsewhere.press("/")
        try elsewhere.expectText("The password is set. Log in with it.")

        try login.press("/login/plaza/")
        try login.expect("Go online")
        try login.logIn("lucia@example.org", chosen, at: "/login/plaza/")
        try acceptTerms(login)
        try login.handOff()
        let isIn = isOpen(visit)
        try #require(isIn, "\(visit.device.requests)")
        try login.expect("You are online")
        try login.press("password/change/")
        try login.fill("current_password", chosen)
        try login.fill("new_password", chosen + "-changed")
        try login.fill("confirm_password", chosen + "-changed")
        try login.press("password/change/")
        try login.expectText("The password was changed.")
        visit.device.stop()
    }

    @Test("a voucher: wrong, then right", arguments: [true, false])
    func voucher(runsScripts: Bool) throws {
        let (visit, login) = try arrive("plaza", runsScripts: runsScripts)
        try login.fill("code", "KQ7M-2XTY")
        try login.press("voucher/")
        try login.expectText("This voucher is not right.")
        let kept = try login.value("code")
        #expect(kept == "KQ7M-2XTY")
        try login.fill("code", "KQ7M-2XTZ")
        try login.press("voucher/")
        try acceptTerms(login)
        try login.handOff()
        let isIn = isOpen(visit)
        #expect(isIn, "\(visit.device.requests)")
        try login.expect("You are online")
        visit.device.stop()
    }

    @Test("without an account, once the terms are accepted", arguments: [true, false])
    func clickThrough(runsScripts: Bool) throws {
        let (visit, login) = try arrive("plaza", runsScripts: runsScripts)
        // As a browser that does not check forms.
        try login.leave(
            "(document.querySelector('form[action$=\"click-through/\"]').noValidate = true, document.querySelector('form[action$=\"click-through/\"] button').click())"
        )
        try login.expectText("Accept the terms of use to go on.")
        try login.tick("terms")
        try login.press("click-through/")
        try login.handOff()
        let isIn = isOpen(visit)
        #expect(isIn, "\(visit.device.requests)")
        try login.expect("You are online")
        visit.device.stop()
    }

    @Test("by keyboard alone")
    func keyboard() throws {
        let (visit, login) = try arrive("demo", .desk)
        _ = try login.page.evaluate("(document.activeElement.blur(), true)")
        try login.page.tab(to: "a.name === 'username'")
        try login.page.type("visitor-of-demo")
        try login.page.tab(to: "a.name === 'password'", limit: 3)
        try login.page.type(PortalServer.memberPassword)
        try login.page.press("Enter")
        let isIn = isOpen(visit)
        #expect(isIn)
        try login.expect("You are online")
        try login.page.tab(to: "a.getAttribute('formaction')?.endsWith('log-out/')")
        try login.page.press("Enter")
        let isOut = waitUntil(within: .seconds(20)) { !visit.device.isOpen }
        #expect(isOut)
    }

    @Test("the language is switched with everything that was typed")
    func languages() throws {
        let (_, login) = try arrive("demo")
        try login.fill("username", "visitor-of-demo")
        for (code, title) in [("de", "Online gehen"), ("it", ""), ("fr", ""), ("es", ""), ("en", "Go online")] {
            try login.leave("document.querySelector('footer button[value=\(code)]').click()")
            let language = try login.page.text("document.documentElement.lang")
            #expect(language == code)
            if !title.isEmpty { try login.expect(title) }
            let kept = try login.value("username")
            #expect(kept == "visitor-of-demo")
        }
    }
}
