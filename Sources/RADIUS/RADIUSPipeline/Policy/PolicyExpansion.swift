import RADIUSDictionary
import RADIUSWire

/// The `%{...}` of values in back-ticks: `%{Attr}`, `%{request:Attr}`, `%{reply:Attr}`, `%{control:Attr}`, `%{0}` to `%{8}` and
/// the alternative `%{A:-text}`, nested to any depth.
enum PolicyExpansion {
    /// Octets of a value; bounds how deep it can nest.
    private static let lengthLimit = 1024

    /// - Returns: nil for anything else, so that the row is reported instead of serving a wrong value.
    /// - Parameter escape: makes an attribute's value fit the place it goes to.
    static func expand(
        _ text: Substring, in context: inout RequestContext, escape: (String) -> String = { $0 }
    ) -> String? {
        guard text.utf8.count <= lengthLimit else { return nil }
        var result = ""
        var rest = text
        while let percent = rest.firstIndex(of: "%") {
            result += rest[..<percent]
            rest = rest[rest.index(after: percent)...]
            guard let next = rest.first else { return nil }
            if next == "%" {
                result += "%"
                rest = rest.dropFirst()
                continue
            }
            guard next == "{", let close = closingBrace(rest) else { return nil }
            guard let value = evaluate(rest[rest.index(after: rest.startIndex)..<close], in: &context, escape) else { return nil }
            result += value
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    /// The value between the braces: empty for an absent attribute, nil for what is not understood.
    private static func evaluate(_ inner: Substring, in context: inout RequestContext, _ escape: (String) -> String) -> String? {
        if let (left, right) = alternatives(inner) {
            let found = left.first == "%" ? expand(left, in: &context, escape: escape) : evaluate(left, in: &context, escape)
            guard let value = found else { return nil }
            return value.isEmpty ? expand(right, in: &context, escape: escape) : value
        }
        if inner.utf8.count == 1, let number = Int(inner), number <= 8 {
            return number < context.captures.count ? escape(context.captures[number]) : ""
        }
        var name = inner
        var list = Substring("request")
        if let colon = inner.firstIndex(of: ":") {
            list = inner[..<colon]
            name = inner[inner.index(after: colon)...]
        }
        guard let definition = context.dictionary.attribute(named: name) else { return nil }
        switch list {
        case "request":
            // Inside of EAP, the name that counts is the method's, not the one outside.
            if context.isEAP, definition == context.environment.known.userName { return escape(context.userName) }
            let found = context.attributes().first { $0.definition == definition }
            let virtual = VirtualAttribute.value(definition, of: context).map { Attribute(definition, value: $0) }
            return escape((found ?? virtual)?.printedValue ?? "")
        case "reply":
            return escape(context.reply.first { $0.attribute.definition == definition }?.attribute.printedValue ?? "")
        case "control":
            return escape(context.control.first { $0.attribute.definition == definition }?.attribute.printedValue ?? "")
        default:
            return nil
        }
    }

    /// Splits at the `:-` outside of inner braces.
    private static func alternatives(_ text: Substring) -> (Substring, Substring)? {
        var depth = 0
        var index = text.startIndex
        while index < text.endIndex {
            switch text[index] {
            case "{": depth += 1
            case "}": depth -= 1
            case ":" where depth == 0:
                let next = text.index(after: index)
                if next < text.endIndex, text[next] == "-" { return (text[..<index], text[text.index(after: next)...]) }
            default: break
            }
            index = text.index(after: index)
        }
        return nil
    }

    /// Where the brace closes that `text` starts with.
    private static func closingBrace(_ text: Substring) -> Substring.Index? {
        var depth = 0
        for index in text.indices {
            if text[index] == "{" { depth += 1 }
            if text[index] == "}" {
                depth -= 1
                if depth == 0 { return index }
            }
        }
        return nil
    }
}

extension RequestContext {
    /// Fills a template: `%{User-Name}`, `%{reply:…}`, `%{control:…}`, the alternative `%{%{A}:-%{B}}`, `%%`.
    /// - Parameter escape: makes an attribute's value fit the place it goes to; the template's own text stays as it is.
    /// - Returns: nil for a template that is not understood.
    public mutating func expand(_ template: String, escape: (String) -> String = { $0 }) -> String? {
        PolicyExpansion.expand(template[...], in: &self, escape: escape)
    }
}
