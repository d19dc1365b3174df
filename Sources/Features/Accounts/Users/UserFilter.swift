import WebRouting

/// Which users a list shows; nil for all.
public struct UserFilter: Sendable, Equatable {
    /// Part of user name, e-mail address, telephone number, first or last name, in any case.
    public var text: String?
    public var isActive: Bool?
    /// Members of this organization.
    public var organizationID: String?

    public init(text: String? = nil, isActive: Bool? = nil, organizationID: String? = nil) {
        self.text = text
        self.isActive = isActive
        self.organizationID = organizationID
    }

    /// Whether it leaves nobody out.
    var isEmpty: Bool { self == UserFilter() }
}

extension UserFilter {
    /// The query's parameters.
    static let fields = [
        Field("q", maximumLength: 254, help: "Part of user name, e-mail address, telephone number, first or last name, in any case."),
        Field("is_active", .boolean), Field("organization", .uuid, help: "Members of this organization."),
    ]

    /// Reads the query.
    /// - Throws: 400 for each value that cannot be read.
    init(_ request: WebRequest) throws(Problem) {
        let values = try Form(Self.fields).check(queryOf: request)
        self.init(
            text: values.nonEmptyText("q"), isActive: values.flag("is_active"), organizationID: values.nonEmptyText("organization"))
    }
}
