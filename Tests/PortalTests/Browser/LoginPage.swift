import Foundation
import Testing

/// A login page in the browser, used as a person does: by its fields and buttons.
struct LoginPage {
    let page: BrowserPage
    let runsScripts: Bool

    init(_ look: BrowserPage.Look = .phone, runsScripts: Bool = true) throws {
        self.runsScripts = runsScripts
        page = try BrowserPage(look, runsScripts: runsScripts)
    }

    func open(_ address: String) throws { try page.open(address) }

    /// Waits for a heading.
    func expect(_ title: String, _ location: SourceLocation = #_sourceLocation) throws {
        try page.wait(for: "document.querySelector('h1')?.textContent === \(Self.quoted(title))", location)
    }

    /// Waits for a text anywhere on the page.
    func expectText(_ text: String, _ location: SourceLocation = #_sourceLocation) throws {
        try page.wait(for: "document.body?.innerText.includes(\(Self.quoted(text)))", location)
    }

    /// What stands in the alert.
    func alert() throws -> String { try page.text("document.querySelector('.alert')?.innerText ?? ''") }

    func value(_ name: String) throws -> String { try page.text("document.querySelector('[name=\(name)]')?.value ?? ''") }

    /// Types into a field in the place of what is there.
    func fill(_ name: String, _ text: String, _ location: SourceLocation = #_sourceLocation) throws {
        let field = "document.querySelector('input[name=\(name)]:not([type=hidden])')"
        try page.wait(for: field, location)
        _ = try page.evaluate("(\(field).focus(), \(field).select(), true)")
        try page.type(text)
    }

    /// Ticks a box.
    func tick(_ name: String) throws { _ = try page.evaluate("(document.querySelector('input[name=\(name)]').click(), true)") }

    /// Presses the button that sends a form to an address, and waits until another page is there.
    /// - Parameter action: the end of the address.
    func press(_ action: String, _ location: SourceLocation = #_sourceLocation) throws {
        let button =
            "[...document.querySelectorAll('button')].find((b) => b.type === 'submit' && !b.disabled && (b.getAttribute('formaction') ?? "
            + "b.form?.getAttribute('action') ?? '').endsWith(\(Self.quoted(action))) && !b.name.startsWith('lang'))"
        try page.wait(for: button, location)
        try leave("\(button).click()", location)
    }

    /// Runs something that leads to another document, and waits for that.
    func leave(_ action: String, _ location: SourceLocation = #_sourceLocation) throws {
        _ = try page.evaluate("(document.documentElement.dataset.left = 'yes', true)")
        _ = try page.evaluate("(\(action), true)")
        try page.wait(for: "document.documentElement.dataset.left !== 'yes' && document.readyState === 'complete'", location)
    }

    /// Sends the form that goes to the gateway, which without scripts takes a press of its button; pages that go on by themselves do that.
    func handOff() throws {
        guard !runsScripts else { return }
        try page.wait(for: "document.querySelector('h1')")
        if try page.evaluate("Boolean(document.querySelector('form[data-send]'))") as? Bool == true {
            try leave("document.querySelector('form[data-send] button').click()")
        }
    }

    func logIn(_ username: String, _ password: String, at action: String) throws {
        try fill("username", username)
        try fill("password", password)
        try press(action)
    }

    static func quoted(_ text: String) -> String {
        let data = (try? JSONSerialization.data(withJSONObject: [text])) ?? Data()
        return String(String(decoding: data, as: UTF8.self).dropFirst().dropLast())
    }
}
