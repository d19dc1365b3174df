/// How one attribute is made of a plan's terms.
struct AttributeTemplate: Sendable {
    enum Value: Sendable {
        /// A number in `unit`s of the term's own, rounded up.
        case number(PlanTerm, unit: UInt64)
        /// Octets in `unit`s, rounded up. What lies above 32 bits goes to the attribute `gigawords` or is cut off at `limit`.
        case volume(PlanTerm, unit: UInt64, gigawords: String?, limit: UInt64)
        /// The first that applies.
        case text([TextTemplate])
        /// One number for each of the priorities 0 ... 7.
        case levels([UInt64])
        /// A number that only goes with a term.
        case constant(UInt64, with: PlanTerm)
    }

    let attribute: String
    let value: Value
    /// Of tagged attributes; nil: the renderer's.
    var tag: UInt8?

    static let kilobit: UInt64 = 1000
    static let kilobyte: UInt64 = 1024
    static let megabyte: UInt64 = 1 << 20

    /// A rate in bit per second.
    static func bits(_ attribute: String, _ term: PlanTerm) -> Self { exact(attribute, term) }

    /// A rate in kilobit per second.
    static func kilobits(_ attribute: String, _ term: PlanTerm) -> Self { Self(attribute: attribute, value: .number(term, unit: kilobit)) }

    /// A number as it is.
    static func exact(_ attribute: String, _ term: PlanTerm) -> Self { Self(attribute: attribute, value: .number(term, unit: 1)) }

    static func octets(_ attribute: String, _ term: PlanTerm, gigawords: String? = nil) -> Self {
        Self(attribute: attribute, value: .volume(term, unit: 1, gigawords: gigawords, limit: UInt64(UInt32.max)))
    }

    static func text(_ attribute: String, _ templates: TextTemplate...) -> Self { Self(attribute: attribute, value: .text(templates)) }

    /// Names of the attributes it makes.
    var attributes: [String] {
        if case .volume(_, _, let gigawords?, _) = value { [attribute, gigawords] } else { [attribute] }
    }
}
