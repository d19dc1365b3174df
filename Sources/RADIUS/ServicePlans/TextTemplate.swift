/// A text value with places for terms, written as an interpolated string: `"\(.upRate, .suffixed)/\(.downRate, .suffixed)"`.
struct TextTemplate: Sendable, ExpressibleByStringInterpolation {
    enum Format: Sendable {
        /// The number or text as it is.
        case plain
        /// Bit per second in thousands, rounded up.
        case kilobits
        /// Bit per second with `M` or `k` where that loses nothing.
        case suffixed
        /// 0 lowest ... 7 highest, as 8 lowest ... 1 highest.
        case descending
    }

    fileprivate enum Part: Sendable {
        case literal(String)
        /// Without the term the template does not apply, unless there is a substitute.
        case term(PlanTerm, Format, substitute: String?)
    }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var parts: [Part] = []

        init(literalCapacity: Int, interpolationCount: Int) {}

        mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { parts.append(.literal(literal)) }
        }

        mutating func appendInterpolation(_ term: PlanTerm, _ format: Format = .plain, or substitute: String? = nil) {
            parts.append(.term(term, format, substitute: substitute))
        }
    }

    private let parts: [Part]
    private var required: [PlanTerm] = []

    init(stringLiteral value: String) { parts = [.literal(value)] }
    init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

    /// Applies only where one of these is set, too.
    func needing(_ terms: PlanTerm...) -> Self {
        var template = self
        template.required = terms
        return template
    }

    /// The terms it writes.
    var terms: [PlanTerm] {
        parts.compactMap { if case .term(let term, _, _) = $0 { term } else { nil } }
    }

    /// Nil when a term without substitute is not set, or none of the terms is.
    func render(_ terms: PlanTerms) -> String? {
        guard self.terms.contains(where: { terms.text($0) != nil }) else { return nil }
        guard required.isEmpty || required.contains(where: { terms.text($0) != nil }) else { return nil }
        var text = ""
        for part in parts {
            switch part {
            case .literal(let literal): text += literal
            case .term(let term, let format, let substitute):
                guard let value = terms.text(term).map({ Self.format($0, terms.number(term), format) }) ?? substitute else { return nil }
                text += value
            }
        }
        return text
    }

    private static func format(_ text: String, _ number: UInt64?, _ format: Format) -> String {
        guard let number else { return text }
        switch format {
        case .plain: return text
        case .kilobits: return String(number.scaled(by: 1000))
        case .suffixed:
            if number % 1_000_000 == 0 { return "\(number / 1_000_000)M" }
            return number % 1000 == 0 ? "\(number / 1000)k" : String(number)
        case .descending: return String(8 - min(number, 7))
        }
    }
}

extension UInt64 {
    /// Divided and rounded up.
    func scaled(by unit: UInt64) -> UInt64 { self / unit + (self % unit == 0 ? 0 : 1) }
}
