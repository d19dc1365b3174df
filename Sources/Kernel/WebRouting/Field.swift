import Localization

/// One field of a form: the API's description and the check of requests derive from it.
public struct Field: Sendable {
    public enum Kind: Sendable, Equatable {
        /// Any text; numbers are taken as text, blanks at both ends are cut off.
        case text
        /// Text kept as it is, blanks too; never written into a description or a log.
        case password
        case email
        /// `+393664255801` (E.164).
        case phone
        case url
        case uuid
        case integer
        case number
        case boolean
        /// `2026-01-31`.
        case date
        /// RFC 3339.
        case dateTime
        case ipAddress
        /// One of these texts.
        case choice([String])
        /// Any JSON.
        case json
        /// An uploaded file.
        case file
    }

    public var name: String
    public var kind: Kind
    public var isRequired: Bool
    public var allowsBlank: Bool
    public var allowsNull: Bool
    /// Characters; nil for any number.
    public var maximumLength: Int?
    public var minimum: Int64?
    public var maximum: Int64?
    /// One line for readers of the description.
    public var help: String

    public init(
        _ name: String, _ kind: Kind = .text, required: Bool = false, blank: Bool = false, null: Bool = false, maximumLength: Int? = nil,
        minimum: Int64? = nil, maximum: Int64? = nil, help: String = ""
    ) {
        self.name = name
        self.kind = kind
        isRequired = required
        allowsBlank = blank
        allowsNull = null
        self.maximumLength = maximumLength
        self.minimum = minimum
        self.maximum = maximum
        self.help = help
    }
}

/// What a request's body may hold. Names that are not listed are ignored.
public struct Form: Sendable {
    public var fields: [Field]
    /// What is wanted depends on more than the form: it is described here, and the route's handler checks it.
    public var isCheckedByHandler: Bool

    public init(_ fields: [Field], isCheckedByHandler: Bool = false) {
        self.fields = fields
        self.isCheckedByHandler = isCheckedByHandler
    }

    /// Checks every field and tells everything that is wrong at once.
    /// - Parameter isPartial: missing fields are no error (PATCH).
    /// - Throws: ``Problem`` with all field errors.
    public func check(_ values: FormValues, isPartial: Bool = false) throws(Problem) -> FormValues {
        var checked = FormValues()
        var problems: [FieldProblem] = []
        for field in fields {
            switch field.check(values[field.name]) {
            case .success(let value?): checked[field.name] = value
            case .success(nil):
                if field.isRequired && !isPartial { problems.append(FieldProblem(field.name, "This field is required.")) }
            case .failure(let refusal): problems.append(FieldProblem(field.name, refusal.message))
            }
        }
        if !problems.isEmpty { throw .fields(problems) }
        return checked
    }
}
