/// A `Content-Type` or `Content-Disposition` with its parameters (RFC 9110 §8.3, RFC 7578).
struct MediaType {
    /// In lower case, without parameters: `application/json`.
    let name: String
    /// By name in lower case.
    private(set) var parameters: [String: String] = [:]

    init(_ field: String) {
        var rest = Substring(field)
        name = rest.prefix { $0 != ";" }.trimmingBlanks.lowercased()
        rest = rest.drop { $0 != ";" }
        while rest.first == ";", parameters.count < 16 {
            rest = rest.dropFirst()
            let key = rest.prefix { $0 != "=" && $0 != ";" }
            rest = rest.dropFirst(key.count)
            guard rest.first == "=" else { continue }
            rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
            let value = rest.first == "\"" ? Self.quoted(&rest) : String(rest.prefix { $0 != ";" }.trimmingBlanks)
            rest = rest.drop { $0 != ";" }
            parameters[key.trimmingBlanks.lowercased()] = value
        }
    }

    /// A quoted text. Only `\"` and `\\` are escapes: browsers send paths with single backslashes.
    private static func quoted(_ rest: inout Substring) -> String {
        var text = ""
        rest = rest.dropFirst()
        while let character = rest.first, character != "\"" {
            rest = rest.dropFirst()
            if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
                rest = rest.dropFirst()
                text.append(next)
            } else {
                text.append(character)
            }
        }
        rest = rest.dropFirst()
        return text
    }

    /// Whether text of this type is UTF-8, or says nothing else.
    var isUTF8: Bool { parameters["charset"].map { ["utf-8", "utf8", "us-ascii"].contains($0.lowercased()) } ?? true }
    var isJSON: Bool { name == "application/json" || (name.hasPrefix("application/") && name.hasSuffix("+json")) }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        let end = start.lastIndex { $0 != " " && $0 != "\t" }
        return end.map { start[...$0] } ?? ""
    }
}
