import Foundation
import Testing
import TestSupport

/// How login pages look, whether everybody can use them, and how large they are; pictures are kept in `.build/screenshots`.
@Suite("Looks of login pages", .enabled(if: Browser.isInstalled), .serialized)
struct LoginLooksTests {
    private let server: PortalServer

    init() throws { server = try PortalServer.shared.get() }

    private func check(_ login: LoginPage, _ name: String) throws {
        try login.page.screenshot("login-\(name)")
        let problems = login.page.takeProblems()
        #expect(problems == [], "\(name)")
        let findings = try Accessibility.findings(login.page)
        #expect(findings == [], "\(name)")
        // One response, nothing from elsewhere.
        let others = try login.page.evaluate("performance.getEntriesByType('resource').filter((e) => !e.name.startsWith('data:')).length")
        #expect(others as? Int == 0, "\(name)")
        let size = try login.page.evaluate("new Blob([document.documentElement.outerHTML]).size") as? Int ?? .max
        #expect(size <= 50_000, "\(name)")
    }

    @Test("every page is used without an error or a serious finding of accessibility", arguments: BrowserPage.Look.all)
    func everyPage(look: BrowserPage.Look) throws {
        let login = try LoginPage(look)
        let mikroTik = "?link-login-only=http%3A%2F%2F10.5.50.1%2Flogin&mac=AA%3ABB%3ACC%3ADD%3AEE%3A01&ip=10.5.50.7&identity=router"
        for (organization, title) in [("demo", "Go online"), ("hotel", "Go online"), ("plaza", "Go online")] {
            let base = "\(server.origin)/login/\(organization)/"
            try login.open(base + mikroTik)
            try login.expect(title)
            try check(login, "\(organization)-start")
            if organization != "plaza" {
                try login.open(base + "sign-up/")
                try login.expect("Make an account")
                try check(login, "\(organization)-sign-up")
                try login.leave(
                    "(document.querySelector('form#page').noValidate = true, document.querySelector('form#page button.main').click())")
                try check(login, "\(organization)-sign-up-errors")
            } else {
                try login.open(base + "terms/")
                try login.expect("Terms of use")
                try check(login, "terms")
            }
            try login.open(base + "password/forgotten/")
            try login.expect("Forgotten password")
            try check(login, "\(organization)-forgotten")
        }
        try login.open("\(server.origin)/login/nowhere/")
        try login.expect("There is no such page")
        try check(login, "nowhere")
        try login.open(
            "\(server.origin)/login/demo/?link-login-only=http%3A%2F%2F10.5.50.1%2Flogin&mac=AA%3ABB%3ACC%3ADD%3AEE%3A02&error=x")
        try login.expect("Go online")
        try check(login, "sent-back")
        try login.logIn("nobody-of-demo", "wrong-kettle", at: "/login/demo/")
        try check(login, "wrong-password")
        try login.open("\(server.origin)/login/hotel/")
        try login.logIn("visitor-of-hotel", PortalServer.memberPassword, at: "/login/hotel/")
        try login.expect("Confirm your telephone number")
        try check(login, "verify-number")
    }

    @Test("who is logged in: status, sessions, change of password, deletion", arguments: BrowserPage.Look.all)
    func ownPages(look: BrowserPage.Look) throws {
        let gateway = try #require(Gateway.all.first { $0.name == "coova-pap" })
        let visit = GatewayVisit(gateway, server)
        try GatewayServer.shared.get().serve(visit.host, gateway.handler(visit))
        let login = try LoginPage(look)
        try login.open("http://\(visit.host)/")
        try login.expect("Go online")
        try login.logIn("visitor-of-site-a", PortalServer.memberPassword, at: "/login/site-a/")
        try login.expect("You are online")
        try login.open("\(visit.portal)status/")
        try login.expect("You are online")
        try check(login, "status")
        for (action, name) in [("password/change/", "change"), ("delete/", "delete")] {
            try login.press(action)
            try check(login, name)
            // The first button is the one that shows the password.
            try login.leave(
                "(document.querySelector('form#page').noValidate = true, document.querySelector('form#page button.main').click())")
            try check(login, "\(name)-errors")
            try login.open("\(visit.portal)status/")
            try login.expect("You are online")
        }
        visit.device.stop()
        try login.open("\(visit.portal)status/")
        try login.expect("You are not online")
        try check(login, "status-offline")
    }

    @Test("from right to left, at twice the size, and in the longest language nothing is cut off")
    func directions() throws {
        let login = try LoginPage(.phone)
        for (path, title) in [("plaza/", "Go online"), ("hotel/sign-up/", "Make an account")] {
            try login.open("\(server.origin)/login/\(path)")
            try login.expect(title)
            _ = try login.page.evaluate("(document.documentElement.dir = 'rtl', true)")
            try check(login, "rtl-" + path.replacing("/", with: "-"))
            _ = try login.page.evaluate("(document.documentElement.dir = 'ltr', document.documentElement.style.fontSize = '200%', true)")
            try check(login, "double-" + path.replacing("/", with: "-"))
            try login.open("\(server.origin)/login/\(path)?lang=de")
            try login.page.wait(for: "document.documentElement.lang === 'de'")
            try check(login, "german-" + path.replacing("/", with: "-"))
        }
    }
}
