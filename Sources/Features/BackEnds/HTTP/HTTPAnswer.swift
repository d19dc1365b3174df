import Foundation
import RADIUSPipeline

/// The rows of an answer's body, in the forms that FreeRADIUS's rlm_rest reads.
///
/// JSON: `{"reply:Session-Timeout": 60, "control:Cleartext-Password": {"op": ":=", "value": ["x"]}, "Filter-Id": ["a", "b"]}`; a form:
/// `reply:Session-Timeout=60&Filter-Id=a`. Names without a list are the reply's.
struct HTTPAnswer {
    private(set) var checks: [PolicyRow] = []
    private(set) var replies: [PolicyRow] = []
    /// Values of an answer at most, so that none can fill the memory.
    private static let valueLimit = 1000

    /// - Returns: nil when the body is not what its type says.
    init?(_ body: Data, contentType: String) {
        let type = contentType.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
        switch type {
        case _ where body.isEmpty: return
        case "application/json", "text/json":
            guard let object = try? JSONSerialization.jsonObject(with: body) as? [String: Any] else { return nil }
            for (name, value) in object.sorted(by: { $0.key < $1.key }) {
                guard append(name, value) else { return nil }
            }
        case "application/x-www-form-urlencoded":
            let text = String(decoding: body, as: UTF8.self).trimmingCharacters(in: .newlines)
            for pair in text.split(separator: "&") {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(Self.decoded)
                guard parts.count == 2, let name = parts[0], let value = parts[1] else { return nil }
                append(name, "+=", value)
            }
        // A page for people says no more than its status.
        default: return
        }
    }

    private mutating func append(_ name: String, _ value: Any) -> Bool {
        if let object = value as? [String: Any] {
            guard let inner = object["value"] else { return false }
            let op = object["op"] as? String ?? ":="
            let expands = object["do_xlat"] as? Bool ?? false
            return append(name, op, inner, expands: expands)
        }
        return append(name, ":=", value, expands: false)
    }

    private mutating func append(_ name: String, _ op: String, _ value: Any, expands: Bool) -> Bool {
        let values = value as? [Any] ?? [value]
        for (index, element) in values.enumerated() {
            guard let text = Self.text(element) else { return false }
            // Further values stand beside the first, which takes the place of what was there.
            append(name, index > 0 && op == ":=" ? "+=" : op, expands ? "`\(text)`" : Self.literal(text))
        }
        return true
    }

    private mutating func append(_ name: String, _ op: String, _ value: String) {
        guard checks.count + replies.count < Self.valueLimit else { return }
        let isControl = name.hasPrefix("control:")
        let attribute = isControl ? String(name.dropFirst(8)) : name.hasPrefix("reply:") ? String(name.dropFirst(6)) : name
        // What a service would put into the request or into another server's lists has no place here.
        guard !["request:", "outer.", "session-state:", "proxy-", "config:"].contains(where: attribute.hasPrefix) else { return }
        let row = PolicyRow(
            table: isControl ? .backEndCheck : .backEndReply, id: Int64(checks.count + replies.count + 1), attribute: attribute, op: op,
            value: value)
        if isControl { checks.append(row) } else { replies.append(row) }
    }

    /// A value in quotes of its own keeps them, and one in back-ticks is not expanded.
    private static func literal(_ text: String) -> String {
        guard text.count > 1, let first = text.first, first == text.last, "\"'`".contains(first) else { return text }
        return first == "'" ? "\"\(text)\"" : "'\(text)'"
    }

    private static func text(_ value: Any) -> String? {
        switch value {
        case let text as String: text
        case let number as NSNumber: CFBoolean.isBoolean(number) ? (number.boolValue ? "1" : "0") : number.stringValue
        default: nil
        }
    }

    private static func decoded(_ text: Substring) -> String? {
        text.replacing("+", with: " ").removingPercentEncoding
    }
}

private enum CFBoolean {
    /// JSON's true and false are numbers with a type of their own.
    static func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
