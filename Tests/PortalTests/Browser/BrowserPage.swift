import Foundation
import Testing

/// One page of the browser, in a context of its own: no cookies or storage of others.
final class BrowserPage {
    /// How large the window is, and which colours the system prefers.
    struct Look: Sendable, CustomTestStringConvertible {
        var width: Int
        var height: Int
        var isDark: Bool

        static let desk = Look(width: 1440, height: 900, isDark: false)
        static let phone = Look(width: 390, height: 844, isDark: true)
        static let all = [desk, phone, Look(width: 1440, height: 900, isDark: true), Look(width: 390, height: 844, isDark: false)]
        var testDescription: String { "\(width)-\(isDark ? "dark" : "light")" }
    }

    private let browser: Browser
    private let session: String
    private let context: String
    private let problemLog = ProblemLog()
    let look: Look

    init(_ look: Look = .desk, runsScripts: Bool = true) throws {
        self.look = look
        browser = try Browser.shared.get()
        context = try Self.text(browser.call("Target.createBrowserContext"), "browserContextId")
        let target = try Self.text(browser.call("Target.createTarget", ["url": "about:blank", "browserContextId": context]), "targetId")
        session = try Self.text(browser.call("Target.attachToTarget", ["targetId": target, "flatten": true]), "sessionId")
        browser.listen(session) { [problemLog] in problemLog.take($0) }
        for domain in ["Page", "Runtime", "Log", "Network"] { try call("\(domain).enable") }
        // Keys go to a page that has the focus, whichever page was opened last.
        try call("Emulation.setFocusEmulationEnabled", ["enabled": true])
        let isPhone = look.width < 600
        try call(
            "Emulation.setDeviceMetricsOverride",
            ["width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": isPhone])
        if isPhone { try call("Emulation.setTouchEmulationEnabled", ["enabled": true]) }
        try call(
            "Emulation.setEmulatedMedia", ["features": [["name": "prefers-color-scheme", "value": look.isDark ? "dark" : "light"]]])
        if !runsScripts { try call("Emulation.setScriptExecutionDisabled", ["value": true]) }
    }

    deinit { _ = try? browser.call("Target.disposeBrowserContext", ["browserContextId": context]) }

    private static func text(_ result: [String: Any], _ name: String) throws -> String {
        guard let text = result[name] as? String else { throw Browser.Failed(description: "no \(name)") }
        return text
    }

    @discardableResult
    func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
        try browser.call(method, parameters, session: session)
    }

    /// Errors of scripts and violations of the content security policy since the last look. Answers that are errors, such as 404, are none.
    func takeProblems() -> [String] { problemLog.removeAll() }

    func open(_ address: String) throws { try call("Page.navigate", ["url": address]) }

    /// The value of an expression; promises are waited for.
    func evaluate(_ expression: String) throws -> Any? {
        let answer = try call("Runtime.evaluate", ["expression": expression, "awaitPromise": true, "returnByValue": true])
        if let exception = answer["exceptionDetails"] as? [String: Any] {
            let text = (exception["exception"] as? [String: Any])?["description"] ?? exception["text"] ?? ""
            throw Browser.Failed(description: "\(expression): \(text)")
        }
        return (answer["result"] as? [String: Any])?["value"]
    }

    func text(_ expression: String) throws -> String { try evaluate(expression) as? String ?? "" }

    /// Waits until an expression is true.
    func wait(for expression: String, seconds: Double = 15, _ location: SourceLocation = #_sourceLocation) throws {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while Date() < deadline {
            // While a page is being left there is nothing to ask.
            if (try? evaluate("Boolean(\(expression))")) as? Bool == true { return }
            usleep(30_000)
        }
        let shown = (try? text("location.href + '\\n' + document.body.innerText.slice(0, 1500)")) ?? ""
        throw Browser.Failed(description: "not within \(seconds) s: \(expression) (line \(location.line)); the page shows: \(shown)")
    }

    /// Presses a key as a person does: `Tab`, `Enter`, `a`.
    func press(_ key: String, shift: Bool = false) throws {
        let codes = ["Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "ArrowDown": 40, "ArrowUp": 38, "ArrowRight": 39, "ArrowLeft": 37]
        var event: [String: Any] = ["type": "keyDown", "key": key, "modifiers": shift ? 8 : 0]
        if let code = codes[key] { event["windowsVirtualKeyCode"] = code }
        if key == "Enter" { event["text"] = "\r" }
        if key.count == 1 { event["text"] = key }
        try call("Input.dispatchKeyEvent", event)
        event["type"] = "keyUp"
        event["text"] = nil
        try call("Input.dispatchKeyEvent", event)
    }

    /// Types into what has the focus.
    func type(_ text: String) throws { try call("Input.insertText", ["text": text]) }

    /// Presses keys until an expression about `document.activeElement` (`a`) is true.
    func tab(to expression: String, limit: Int = 80) throws {
        for _ in 0..<limit {
            try press("Tab")
            if try evaluate("((a) => Boolean(\(expression)))(document.activeElement)") as? Bool == true { return }
        }
        throw Browser.Failed(description: "\(limit) times Tab did not reach \(expression)")
    }

    /// Puts a picture of the window among the test's artefacts, `.build/screenshots`.
    func screenshot(_ name: String) throws {
        let folder = Project.root.appending(path: ".build/screenshots")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let picture = try call("Page.captureScreenshot", ["format": "png"])["data"] as? String ?? ""
        try Data(base64Encoded: picture)?.write(to: folder.appending(path: "\(name)-\(look.testDescription).png"))
    }
}

/// What went wrong on a page.
///
/// `@unchecked Sendable`: `lock` guards the list.
private final class ProblemLog: @unchecked Sendable {
    private let lock = NSLock()
    private var problems: [String] = []

    func take(_ message: Data) {
        guard let event = try? JSONSerialization.jsonObject(with: message) as? [String: Any],
            let parameters = event["params"] as? [String: Any], let problem = Self.problem(event["method"] as? String ?? "", parameters)
        else { return }
        lock.withLock { problems.append(problem) }
    }

    func removeAll() -> [String] {
        lock.withLock {
            defer { problems = [] }
            return problems
        }
    }

    private static func problem(_ method: String, _ parameters: [String: Any]) -> String? {
        switch method {
        case "Runtime.exceptionThrown":
            let details = parameters["exceptionDetails"] as? [String: Any]
            return "exception: \((details?["exception"] as? [String: Any])?["description"] ?? details?["text"] ?? "")"
        case "Runtime.consoleAPICalled":
            guard let kind = parameters["type"] as? String, ["error", "assert"].contains(kind) else { return nil }
            let words = (parameters["args"] as? [[String: Any]] ?? []).map { "\($0["description"] ?? $0["value"] ?? "")" }
            return "console: \(words.joined(separator: " "))"
        case "Log.entryAdded":
            guard let entry = parameters["entry"] as? [String: Any], let source = entry["source"] as? String else { return nil }
            let text = entry["text"] as? String ?? ""
            let address = entry["url"] as? String ?? ""
            // What was typed wrong is answered with 400, by pages that say so.
            let isOwnFile = source == "network" && !["/api/", "/ws/", "/login/"].contains { address.contains($0) }
            guard source == "security" || source == "violation" || isOwnFile || text.contains("Content Security Policy") else { return nil }
            return "\(source): \(text) \(address)"
        default: return nil
        }
    }
}
