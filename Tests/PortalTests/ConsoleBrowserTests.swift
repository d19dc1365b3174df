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
        "/nas", "/nas/new", "/topology", "/topology/new", "/portal", "/roles", "/audit", "/api", "/account", "/account?tab=password",
        "/account?tab=factor", "/account?tab=console",
    ]

    private func logIn(_ page: BrowserPage, at path: String = "/", as name: String = "admin") throws {
        try page.logIntoConsole(of: server, at: path, as: name)
    }

    private func settle(_ page: BrowserPage) throws { try page.settle() }

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

    @Test("A reception begins with its vouchers, makes one, and has no other page")
    func reception() throws {
        let page = try BrowserPage()
        try logIn(page, as: "reception")
        try page.wait(for: "location.pathname === '/console/vouchers' && document.querySelector('h1')?.textContent === 'Vouchers'")
        let menu = try page.text("[...document.querySelectorAll('nav.menu a')].map((a) => a.textContent).join()")
        #expect(menu == "Vouchers,Reception,Import,API,My account")
        try go(page, to: "/vouchers/desk")
        try page.wait(for: "document.querySelector('form.desk-form')")
        _ = try page.evaluate("document.querySelector('form.desk-form button:not([type])').click()")
        try page.wait(for: "document.querySelector('.ticket dd.mono')?.textContent.startsWith('g')")
        let title = try page.text("document.querySelector('.ticket .voucher-title').textContent")
        #expect(title == "Demo")
        try page.screenshot("console-reception-ticket")
        let findings = try Accessibility.findings(page)
        #expect(findings == [])
        try go(page, to: "/users")
        let refused = try page.text("document.querySelector('main.page h1').textContent")
        #expect(refused == "This page is not for your account")
        #expect(page.takeProblems() == [])
    }

    @Test("A device is added by the wizard, which shows its lines; the audit tells of it and of a setting, without the secret")
    func device() throws {
        let page = try BrowserPage()
        try logIn(page, at: "/nas/new")
        try page.wait(for: "document.querySelectorAll('select[name=type] option').length > 20")
        let secret = try page.text("document.querySelector('input[name=secret]').value")
        for (field, text) in [("name", "192.0.2.44"), ("short_name", "lobby-ap")] {
            _ = try page.evaluate("document.querySelector('input[name=\(field)]').focus()")
            try page.type(text)
        }
        _ = try page.evaluate(
            "(() => { const type = document.querySelector('select[name=type]'); type.value = 'mikrotik'; type.dispatchEvent(new Event('input', { bubbles: true })); type.dispatchEvent(new Event('change', { bubbles: true })); })()"
        )
        _ = try page.evaluate("document.querySelector('form.form button:not([type])').click()")
        try page.wait(for: "document.querySelector('.setup')?.textContent.includes('/radius add')")
        let hint = try page.text("document.querySelector('.waiting-line').textContent")
        #expect(hint.hasPrefix("Waiting for the first packet"))
        try page.screenshot("console-nas-lines")
        let lines = try Accessibility.findings(page)
        #expect(lines == [])
        try page.wait(for: "[...document.querySelectorAll('a')].some((a) => a.textContent === 'To the device')")
        _ = try page.evaluate("[...document.querySelectorAll('a')].find((a) => a.textContent === 'To the device').click()")
        try page.wait(for: "document.querySelector('h1')?.textContent === 'lobby-ap'")
        let address = try page.text("location.pathname")
        for tab in ["state", "setup", "edit"] {
            try page.open("\(server.origin)\(address)?tab=\(tab)")
            try settle(page)
            try page.screenshot("console-nas-\(tab)")
            let findings = try Accessibility.findings(page)
            #expect(findings == [], "\(tab)")
        }

        try go(page, to: "/organizations")
        try page.wait(for: "[...document.querySelectorAll('tbody a')].some((a) => a.textContent === 'Demo')")
        _ = try page.evaluate("[...document.querySelectorAll('tbody a')].find((a) => a.textContent === 'Demo').click()")
        try page.wait(for: "document.querySelector('h1')?.textContent === 'Demo'")
        let organization = try page.text("location.pathname")
        try page.open("\(server.origin)\(organization)?tab=settings")
        try page.wait(for: "document.querySelector('#setting-registration_enabled')")
        try page.screenshot("console-organization-settings")
        let settings = try Accessibility.findings(page)
        #expect(settings == [])
        _ = try page.evaluate(
            "(() => { const flag = document.querySelector('#setting-registration_enabled'); flag.value = 'false'; flag.dispatchEvent(new Event('change', { bubbles: true })); })()"
        )
        try page.wait(for: "document.querySelector('#setting-registration_enabled')?.closest('li').textContent.includes('Reset')")

        try go(page, to: "/audit")
        try page.wait(for: "document.querySelector('tbody')?.textContent.includes('lobby-ap')")
        let audit = try page.text("document.querySelector('tbody').textContent")
        #expect(audit.contains("settings") && audit.contains("registration_enabled") && !audit.contains(secret))
        _ = try page.evaluate("[...document.querySelectorAll('tbody button.link')].find((a) => a.textContent === 'lobby-ap').click()")
        try page.wait(for: "document.querySelector('dialog[open]')?.textContent.includes('192.0.2.44')")
        let entry = try page.text("document.querySelector('dialog[open]').textContent")
        #expect(entry.contains("mikrotik") && !entry.contains(secret))
        try page.screenshot("console-audit-entry")
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
