import Foundation
import Testing

/// The operator's console in the browser, used as a person does: by the words on its buttons.
struct ConsolePage {
    let page: BrowserPage
    let server: PortalServer

    /// Logs in, and comes to a page.
    init(_ server: PortalServer, at path: String, _ look: BrowserPage.Look = .desk) throws {
        self.server = server
        page = try BrowserPage(look)
        try page.logIntoConsole(of: server, at: path)
        try page.settle()
    }

    /// Presses a button within an element, once it is there.
    func press(_ text: String, in part: String, _ location: SourceLocation = #_sourceLocation) throws {
        let button =
            "[...document.querySelectorAll(\(LoginPage.quoted(part + " button")))].find((b) => b.textContent.trim() === "
            + "\(LoginPage.quoted(text)) && !b.disabled && !b.getAttribute('aria-busy'))"
        try page.wait(for: button, location)
        _ = try page.evaluate("(\(button).click(), true)")
    }

    /// Types into a field in the place of what is there.
    func fill(_ field: String, _ text: String, _ location: SourceLocation = #_sourceLocation) throws {
        let element = "document.querySelector(\(LoginPage.quoted(field)))"
        try page.wait(for: element, location)
        _ = try page.evaluate("(\(element).focus(), \(element).select(), true)")
        try page.type(text)
    }

    /// Waits for a text within an element.
    func expect(_ text: String, in part: String, _ location: SourceLocation = #_sourceLocation) throws {
        try page.wait(
            for: "document.querySelector(\(LoginPage.quoted(part)))?.innerText.includes(\(LoginPage.quoted(text)))", location)
    }

    func text(_ part: String) throws -> String { try page.text("document.querySelector(\(LoginPage.quoted(part)))?.innerText ?? ''") }

    /// Closes the dialog that is open, and waits until it is gone.
    func dismiss() throws {
        try page.press("Escape")
        try page.wait(for: "!document.querySelector('dialog')")
    }

    /// Looks at what is shown for errors and for what keeps people out, and keeps a picture.
    func check(_ name: String, _ location: SourceLocation = #_sourceLocation) throws {
        try page.screenshot("console-\(name)")
        let problems = page.takeProblems()
        #expect(problems == [], "\(name)", sourceLocation: location)
        let findings = try Accessibility.findings(page)
        #expect(findings == [], "\(name)", sourceLocation: location)
    }
}

extension BrowserPage {
    /// Logs in as a person does, by the form.
    func logIntoConsole(of server: PortalServer, at path: String = "/", as name: String = "admin") throws {
        try open(server.origin + "/console" + path)
        try wait(for: "document.activeElement?.name === 'username'")
        try type(name)
        try press("Tab")
        try type(name == "admin" ? server.password : server.receptionPassword)
        try press("Enter")
        try wait(for: "document.querySelector('main.page h1')")
    }

    /// Waits until a page of the console shows what it has to say.
    func settle() throws {
        try wait(for: "document.querySelector('main.page h1') && !document.querySelector('.loading, [aria-busy=true]')")
    }
}
