public import Database

extension DatabaseConnection {
    /// All rows of a query as texts, "NULL" for NULL.
    public func table(_ sql: String, _ arguments: [DatabaseValue] = []) throws(DatabaseError) -> [[String]] {
        try rows(Statement(sql), arguments) { (row) throws(DatabaseError) in
            (0..<row.columnCount).map { row.textOrNil($0) ?? "NULL" }
        }
    }

    /// How the engine would execute a statement, one step a line. PostgreSQL: the plan that serves all arguments alike.
    /// - Parameter parameters: how many the statement has.
    public func plan(of statement: Statement, parameters: Int) throws(DatabaseError) -> [String] {
        let sql = try dialect.render(statement.sql)
        switch dialect {
        case .sqlite:
            let nulls = [DatabaseValue](repeating: .null, count: parameters)
            return try rows(Statement("EXPLAIN QUERY PLAN " + sql), nulls) { (row) throws(DatabaseError) in row.text(3) }
        case .postgres:
            let nulls = [String](repeating: "NULL", count: parameters).joined(separator: ", ")
            try script("SET plan_cache_mode = force_generic_plan; PREPARE explained AS \(sql)")
            let plan = try table("EXPLAIN EXECUTE explained" + (parameters == 0 ? "" : " (\(nulls))")).flatMap { $0 }
            try script("DEALLOCATE explained")
            return plan
        }
    }
}
