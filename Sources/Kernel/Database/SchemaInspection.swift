/// For migrations that adopt tables which another program, such as FreeRADIUS, may have made. Names match in any case.
extension DatabaseConnection {
    /// Whether the table or view exists (PostgreSQL: anywhere on the search path).
    public func tableExists(_ table: String) throws(DatabaseError) -> Bool {
        try first(Schema.table, [.text(table)]) { (_) throws(DatabaseError) in true } ?? false
    }

    /// Whether the table exists and has the column.
    public func columnExists(table: String, column: String) throws(DatabaseError) -> Bool {
        try first(Schema.column, [.text(table), .text(column)]) { (_) throws(DatabaseError) in true } ?? false
    }

    /// Adds a column to an existing table unless it is there already, whatever its type.
    /// - Parameters:
    ///   - table: an SQL identifier, as is; so is `column`.
    ///   - definition: type, default and constraints, with dialect tokens; nullable or with a default, so that other programs can
    ///     go on inserting.
    public func addColumnIfMissing(table: String, column: String, definition: String) throws(DatabaseError) {
        if try columnExists(table: table, column: column) { return }
        try script("ALTER TABLE \(table) ADD COLUMN \(column) \(definition)")
    }
}

private enum Schema {
    static let table = Statement(
        """
        {{postgres: SELECT 1 FROM pg_catalog.pg_class
            WHERE relname = lower($1) AND relkind IN ('r', 'p', 'v', 'm', 'f') AND pg_catalog.pg_table_is_visible(oid)}}
        {{sqlite: SELECT 1 FROM sqlite_master WHERE lower(name) = lower($1) AND type IN ('table', 'view')}}
        """)
    static let column = Statement(
        """
        {{postgres: SELECT 1 FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
            WHERE c.relname = lower($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND pg_catalog.pg_table_is_visible(c.oid)
                AND a.attname = lower($2) AND a.attnum > 0 AND NOT a.attisdropped}}
        {{sqlite: SELECT 1 FROM pragma_table_info($1) WHERE lower(name) = lower($2)}}
        """)
}
