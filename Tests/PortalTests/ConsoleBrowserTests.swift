import Foundation
import Testing

/// The operator's console in a real browser, against the real program.
@Suite("Console in a browser", .enabled(if: Browser.isInstalled), .serialized)
struct ConsoleBrowserTests {
    private let server: PortalServer

    init() throws { server = try PortalServer.shared.get() }

    /// Addresses of all pages that need no object, with what tells that they are shown.
    static let pages = [
        "/", "/sessions", "/authentications", "/debug", "/users", "/users/new", "/organizations", "/groups", "/vouchers", "/vouchers/desk",
        "/import",
        "/nas", "/nas/new", "/portal", "/roles", "/audit", "/api", "/account", "/account?tab=password", "/account?tab=factor",
        "/account?tab=console",
    ]

    /// Logs in as a person does, by the form.
    private func logIn(_ page: BrowserPage, at path: String = "/") throws {
        try page.open(server.origin + "/console" + path)
        try page.wait(for: "document.activeElement?.name === 'username'")
        try page.type("admin")
        try page.press("Tab")
        try page.type(server.password)
        try page.press("Enter")
        try page.wait(for: "document.querySelector('main.page h1')")
    }

    /// Waits until the page shows what it has to say.
    private func settle(_ page: BrowserPage) throws {
        try page.wait(for: "document.querySelector('main.page h1') && !document.querySelector('.loading, [aria-busy=true]')")
    }

    private func go(_ page: BrowserPage, to path: String) throws {
        try page.open(server.origin + "/console" + path)
        try settle(page)
    }

    @Test(
        "Every page is shown without an error, a violation of the policy or a serious finding of accessibility",
        arguments: BrowserPage.Look.all)
    func everyPage(look: BrowserPage.Look) throws {
        let page = try BrowserPage(look)
        try logIn(page)
        for path in Self.pages {
            try go(page, to: path)
            try page.screenshot("console" + path.replacing(/[\/?=]+/, with: "-"))
            #expect(page.takeProblems() == [], "\(path)")
            let found1 = try Accessibility.findings(page)
            #expect(found1 == [], "\(path)")
        }
    }

    @Test("A user's page has every tab without an error", arguments: [BrowserPage.Look.desk, .phone])
    func user(look: BrowserPage.Look) throws {
        let page = try BrowserPage(look)
        try logIn(page, at: "/users")
        try page.wait(for: "[...document.querySelectorAll('tbody a')].some((a) => a.textContent === 'maria')")
        _ = try page.evaluate("[...document.querySelectorAll('tbody a')].find((a) => a.textContent === 'maria').click()")
        try page.wait(for: "document.querySelector('h1')?.textContent === 'maria'")
        let address = try page.text("location.pathname")
        for tab in ["timeline", "usage", "groups", "memberships", "emails", "edit"] {
            try page.open("\(server.origin)\(address)?tab=\(tab)")
            try settle(page)
            let found2 = try page.text("document.querySelector('[role=tab][aria-selected=true]').id")
            #expect(found2 == "tab-\(tab)")
            try page.screenshot("console-user-\(tab)")
            #expect(page.takeProblems() == [], "\(tab)")
            let found3 = try Accessibility.findings(page)
            #expect(found3 == [], "\(tab)")
        }
    }

    @Test("Who is not logged in sees the login alone and comes to the page asked for; a wrong password is told and the name kept")
    func login() throws {
        let page = try BrowserPage()
        try page.open(server.origin + "/console/groups?search=x")
        try page.wait(for: "document.activeElement?.name === 'username'")
        let found4 = try page.evaluate("document.querySelector('nav') === null && location.pathname === '/console/login'") as? Bool
        #expect(found4 == true)
        let found5 = try Accessibility.findings(page)
        #expect(found5 == [])
        try page.screenshot("console-login")
        try page.type("admin")
        try page.press("Tab")
        try page.type("wrong")
        try page.press("Enter")
        try page.wait(for: "document.querySelector('[role=alert]')?.textContent.includes('Unable to log in')")
        let found6 = try page.text("document.querySelector('input[name=username]').value")
        #expect(found6 == "admin")
        try page.screenshot("console-login-wrong")
        _ = try page.evaluate(
            "(document.querySelector('input[name=password]').focus(), document.querySelector('input[name=password]').select())")
        try page.type(server.password)
        try page.press("Enter")
        try page.wait(for: "location.pathname === '/console/groups' && document.querySelector('h1')?.textContent === 'Groups'")
        let found7 = try page.text("location.search")
        #expect(found7 == "?search=x")
        // The session's cookie is out of reach of scripts, and nothing else holds a credential.
        let found8 = try page.text("document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)").contains("sid")
        #expect(found8 == false)
        #expect(page.takeProblems() == [])
    }

    @Test("By keyboard alone: the skip link, a page of the menu, a filter, the search, a new group, out again")
    func keyboard() throws {
        let page = try BrowserPage()
        try logIn(page)
        try settle(page)
        _ = try page.evaluate("document.activeElement.blur()")
        try page.press("Tab")
        let found9 = try page.text("document.activeElement.textContent")
        #expect(found9 == "Skip to the page")
        try page.press("Enter")
        let found10 = try page.text("document.activeElement.id")
        #expect(found10 == "page")

        for key in ["g", "u"] { try page.press(key) }
        try page.wait(
            for: "document.querySelector('h1')?.textContent === 'Users' && document.activeElement === document.querySelector('h1')")
        try page.tab(to: "a.type === 'search'")
        try page.type("maria")
        try page.wait(for: "new URLSearchParams(location.search).get('q') === 'maria'")

        _ = try page.evaluate("document.activeElement.blur()")
        try page.press("/")
        try page.wait(for: "document.activeElement.getAttribute('role') === 'combobox'")
        try page.type("group")
        try page.wait(for: "document.querySelector('.search-entry[aria-selected=true]')?.textContent.startsWith('Groups')")
        try page.screenshot("console-search")
        let found11 = try Accessibility.findings(page)
        #expect(found11 == [])
        try page.press("Enter")
        try page.wait(for: "location.pathname === '/console/groups'")
        try settle(page)

        try page.tab(to: "a.textContent === 'New group'")
        try page.press("Enter")
        try page.wait(for: "document.querySelector('dialog[open] input[name=name]') === document.activeElement")
        try page.press("Enter")
        try page.wait(for: "document.querySelector('dialog input[name=name]').getAttribute('aria-invalid') === 'true'")
        let name = "keys-\(UUID().uuidString.prefix(6).lowercased())"
        try page.type(name)
        try page.press("Tab")
        let found12 = try page.text("document.activeElement.name")
        #expect(found12 == "organization")
        try page.press("ArrowDown")
        try page.tab(to: "a.textContent === 'Add'")
        try page.press("Enter")
        try page.wait(for: "[...document.querySelectorAll('tbody td')].some((td) => td.textContent.includes('\(name)'))")

        try page.press("?")
        try page.wait(for: "document.querySelector('dialog[open]')?.textContent.includes('Live sessions')")
        try page.press("Escape")
        try page.wait(for: "!document.querySelector('dialog')")
        try page.tab(to: "a.textContent === 'Log out'")
        try page.press("Enter")
        try page.wait(for: "document.querySelector('input[name=username]')")
        #expect(page.takeProblems() == [])
    }

    @Test("The errors of a form stand at their fields, and what was typed stays")
    func fieldErrors() throws {
        let page = try BrowserPage()
        try logIn(page, at: "/users/new")
        try page.wait(for: "document.querySelector('input[name=username]')")
        try page.wait(for: "document.querySelectorAll('select[name=organization] option').length > 1")
        _ = try page.evaluate("document.querySelector('input[name=username]').focus()")
        try page.type("demo")
        _ = try page.evaluate("document.querySelector('input[name=email]').focus()")
        try page.type("no address")
        try page.press("Enter")
        try page.wait(for: "document.querySelector('input[name=email]').getAttribute('aria-invalid') === 'true'")
        let found13 = try page.evaluate("document.activeElement.getAttribute('aria-invalid') === 'true'") as? Bool
        #expect(found13 == true)
        let found14 = try page.text("document.querySelector('input[name=username]').value")
        #expect(found14 == "demo")
        #expect(
            try page.evaluate(
                "Boolean(document.getElementById(document.querySelector('input[name=email]').getAttribute('aria-describedby').split(' ').at(-1)).textContent)"
            ) as? Bool == true)
        try page.screenshot("console-field-errors")
        let found15 = try Accessibility.findings(page)
        #expect(found15 == [])
        #expect(page.takeProblems() == [])
    }

    @Test("Ten thousand rows: only those in sight are elements; sorting and scrolling reach the last")
    func manyRows() throws {
        let page = try BrowserPage()
        try logIn(page, at: "/import")
        try page.wait(for: "document.querySelector('#import-file')")
        // As if a file had been chosen.
        _ = try page.evaluate(
            """
            (() => {
              const lines = Array.from({ length: 10000 }, (_, i) => `user${i};;user${i}@example.org;First;Last`);
              const files = new DataTransfer();
              files.items.add(new File([["username;password;email;first_name;last_name", ...lines].join("\\n")], "guests.csv"));
              const input = document.querySelector("#import-file");
              input.files = files.files;
              input.dispatchEvent(new Event("change"));
            })()
            """)
        try page.wait(for: "document.querySelector('.table-count')?.textContent.includes('10,000')")
        let found16 = try page.evaluate("document.querySelectorAll('tr[data-row]').length < 100") as? Bool
        #expect(found16 == true)
        let found17 = try page.text("document.querySelector('tr[data-row] td:nth-child(2)').textContent")
        #expect(found17 == "user0")
        _ = try page.evaluate("document.querySelector('.long').scrollTop = 1e9")
        try page.wait(for: "[...document.querySelectorAll('tr[data-row]')].at(-1)?.textContent.includes('user9999')")
        try page.screenshot("console-import-columns")
        let found18 = try Accessibility.findings(page)
        #expect(found18 == [])
        #expect(page.takeProblems() == [])
    }
}
