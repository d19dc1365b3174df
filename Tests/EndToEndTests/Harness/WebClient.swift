import Foundation

/// Asks a server over HTTP by curl, as programs outside of this one do.
struct WebClient {
    static let path = "/usr/bin/curl"
    static let isInstalled = Surroundings.isInstalled(path)

    /// `http://127.0.0.1:8080`.
    let origin: String
    /// Further options, such as `--cacert`.
    var options: [String] = []
    /// Sent with every request.
    var fields: [String: String] = [:]

    enum Body {
        case none
        case json([String: Any])
        /// `application/x-www-form-urlencoded`.
        case form([(String, String)])
    }

    struct Answer {
        let status: Int
        /// By name in lower case.
        let fields: [String: String]
        let body: String

        /// Nil for what is no JSON.
        var json: Any? { try? JSONSerialization.jsonObject(with: Data(body.utf8), options: .fragmentsAllowed) }
        /// Empty for what is no object.
        var object: [String: Any] { json as? [String: Any] ?? [:] }
        /// Names of an object's members.
        var keys: Set<String> { Set(object.keys) }
        func text(_ name: String) -> String? { object[name] as? String }
        func flag(_ name: String) -> Bool? { object[name] as? Bool }
        func isNull(_ name: String) -> Bool { object[name] is NSNull }
        /// The errors of a field, which are texts in an array.
        func errors(_ name: String) -> [String]? { object[name] as? [String] }
        /// An array of objects.
        var list: [[String: Any]]? { json as? [[String: Any]] }
    }

    func get(_ path: String) throws -> Answer { try send("GET", path) }
    func post(_ path: String, _ body: Body = .none) throws -> Answer { try send("POST", path, body) }

    func send(_ method: String, _ path: String, _ body: Body = .none) throws -> Answer {
        var arguments = ["-s", "-S", "-i", "-m", "20", "-X", method] + options
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { arguments += ["-H", "\(name): \(value)"] }
        switch body {
        case .none: if method != "GET" { arguments += ["-H", "Content-Length: 0"] }
        case .json(let object):
            let data = try JSONSerialization.data(withJSONObject: object, options: .sortedKeys)
            arguments += ["-H", "Content-Type: application/json", "--data-raw", String(decoding: data, as: UTF8.self)]
        case .form(let pairs): for pair in pairs { arguments += ["--data-urlencode", "\(pair.0)=\(pair.1)"] }
        }
        let (exit, output) = try ChildProcess.run(Self.path, arguments + [origin + path])
        guard exit == .code(0) else { throw TimedOut(description: "\(method) \(path): \(output)") }
        return try Self.answer(output)
    }

    private static func answer(_ output: String) throws -> Answer {
        // A character of its own in Swift.
        let lines = output.split(separator: "\r\n", omittingEmptySubsequences: false)
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }),
            let end = lines.firstIndex(of: "")
        else { throw TimedOut(description: "no HTTP: \(output)") }
        var fields: [String: String] = [:]
        for line in lines[1..<end] {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        return Answer(status: status, fields: fields, body: lines[(end + 1)...].joined(separator: "\r\n"))
    }
}
