import Foundation
import HTTPTypes
import Testing
import WebTestSupport

/// A browser without scripts: reads forms, fills them in, sends them.
struct Browser {
    private let hotel: Hotel
    private let keepsCookies: Bool
    private var cookie: String?
    var language = "en"
    /// The address it comes from.
    var address = "192.0.2.10"
    /// Paths with queries that it asked for.
    private(set) var visited: [String] = []

    init(_ hotel: Hotel, keepsCookies: Bool = false) {
        self.hotel = hotel
        self.keepsCookies = keepsCookies
    }

    mutating func get(_ path: String) async -> View { await send(.get, path, []) }

    /// Sends a form of a page.
    /// - Parameters:
    ///   - action: the end of the form's address, or of the button's own.
    ///   - values: what is typed.
    ///   - button: name and value of the button that is pressed; nil for the form's first.
    mutating func submit(
        _ view: View, _ action: String, _ values: [String: String] = [:], button: (String, String)? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async -> View {
        guard let (form, target) = view.form(action) else {
            Issue.record("no form goes to \(action): \(view.text)", sourceLocation: sourceLocation)
            return view
        }
        var fields = form.inputs.map { ($0.name, values[$0.name] ?? $0.value) }
        for name in values.keys where !form.inputs.contains(where: { $0.name == name }) {
            Issue.record("the form has no \(name): \(form.inputs)", sourceLocation: sourceLocation)
        }
        if let button = button ?? form.button(action) { fields.append(button) }
        return await send(.post, target, fields)
    }

    private mutating func send(_ method: HTTPRequest.Method, _ path: String, _ fields: [(String, String)]) async -> View {
        visited.append(path)
        var client = hotel.client
        client.address = address
        client.headers[.acceptLanguage] = language
        if let cookie, keepsCookies { client.headers[.cookie] = cookie }
        let answer = method == .post ? await client.post(path, form: fields) : await client.get(path)
        if let field = answer.headers[.setCookie] { cookie = String(field.prefix { $0 != ";" }) }
        return View(answer)
    }
}

/// A page as a browser sees it.
struct View {
    struct Input {
        var name: String
        var value: String
        var attributes: String
    }

    struct Form {
        var action: String
        var method: String
        var inputs: [Input]
        /// Address (the form's where the button has none), name and value.
        var buttons: [(action: String, name: String, value: String)]

        /// The button that sends the form to an address.
        func button(_ action: String) -> (String, String)? {
            buttons.first { $0.action.hasSuffix(action) }.flatMap { $0.name.isEmpty ? nil : ($0.name, $0.value) }
        }
    }

    let answer: TestAnswer
    var status: Int { answer.status }
    var text: String { answer.text }

    init(_ answer: TestAnswer) { self.answer = answer }

    var title: String { Self.unescaped(first(/<h1>(.*?)<\/h1>/)) }

    /// What stands in the alert, without tags.
    var alert: String { Self.plain(first(/(?s)<div class="alert"[^>]*>(.*?)<\/div>/)) }

    /// What is said above all.
    var notice: String { Self.plain(first(/(?s)<p class="notice"[^>]*>(.*?)<\/p>/)) }

    var forms: [Form] {
        text.matches(of: /(?s)<form([^>]*)>(.*?)<\/form>/).map { match in
            let action = Self.attribute("action", String(match.1)) ?? ""
            let body = String(match.2)
            let inputs = body.matches(of: /<input([^>]*)>/).compactMap { input -> Input? in
                let attributes = String(input.1)
                guard let name = Self.attribute("name", attributes) else { return nil }
                if attributes.contains("type=\"checkbox\"") { return Input(name: name, value: "", attributes: attributes) }
                return Input(name: name, value: Self.attribute("value", attributes) ?? "", attributes: attributes)
            }
            let buttons = body.matches(of: /<button([^>]*)>/).filter { !$0.1.contains("type=\"button\"") }.map { button in
                let attributes = String(button.1)
                return (
                    action: Self.attribute("formaction", attributes) ?? action, name: Self.attribute("name", attributes) ?? "",
                    value: Self.attribute("value", attributes) ?? ""
                )
            }
            return Form(action: action, method: Self.attribute("method", String(match.1)) ?? "get", inputs: inputs, buttons: buttons)
        }
    }

    /// The form that can be sent to an address, and the whole address.
    func form(_ action: String) -> (Form, String)? {
        for form in forms where form.action.hasSuffix(action) { return (form, form.action) }
        for form in forms {
            if let button = form.buttons.first(where: { $0.action.hasSuffix(action) }) { return (form, button.action) }
        }
        return nil
    }

    /// The value of a field, as it is on the page.
    func value(_ name: String) -> String? { forms.lazy.flatMap(\.inputs).first { $0.name == name }?.value }

    func header(_ name: String) -> String { HTTPField.Name(name).flatMap { answer.headers[$0] } ?? "" }

    /// What stands in elements of one kind.
    func contents(_ tag: String) -> [String] {
        let opening = text.ranges(of: "<\(tag)>").map(\.upperBound)
        return opening.map { start in
            String(text[start...].prefix(upTo: text[start...].range(of: "</\(tag)>")?.lowerBound ?? text.endIndex))
        }
    }

    private func first(_ pattern: Regex<(Substring, Substring)>) -> String { text.firstMatch(of: pattern).map { String($0.1) } ?? "" }

    private static func plain(_ html: String) -> String {
        unescaped(html.replacing(/<[^>]*>/, with: "")).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    static func attribute(_ name: String, _ text: String) -> String? {
        guard let start = text.range(of: " \(name)=\"")?.upperBound else { return nil }
        return unescaped(String(text[start...].prefix { $0 != "\"" }))
    }

    static func unescaped(_ text: String) -> String {
        text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"").replacing("&#39;", with: "'")
            .replacing("&amp;", with: "&")
    }
}
