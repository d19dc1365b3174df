extension Form {
    /// Checks the query of a request as if its pairs were fields; empty ones count as left out.
    /// - Throws: ``Problem`` with all that cannot be read.
    public func check(queryOf request: WebRequest) throws(Problem) -> FormValues {
        var values = FormValues()
        for field in fields {
            if let text = request.query(field.name), !text.isEmpty { values[field.name] = .json(.string(text)) }
        }
        return try check(values, isPartial: true)
    }
}

extension Page {
    /// The query's parameters of every list.
    public static let query = [Field("page", .integer, minimum: 1), Field("page_size", .integer, minimum: 1, maximum: 100)]
}
