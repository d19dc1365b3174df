/// The SQL of one engine, and the tokens that stand where the engines differ.
///
/// | token | PostgreSQL | SQLite |
/// |---|---|---|
/// | `{{any $1 text}}`, also `bigint` | `= ANY($1::text[])` | `IN (SELECT value FROM json_each($1))` |
/// | `{{rows a text, b bigint}}`, also `real` | `(SELECT unnest($1::text[]) AS a, unnest($2::bigint[]) AS b) AS r` | `(SELECT $1 AS a, $2 AS b) AS r` |
/// | `{{timestamp X}}`: from epoch seconds | `to_timestamp(X)` | `X` |
/// | `{{epoch X}}`: to epoch seconds | `CAST(extract(epoch FROM X) AS bigint)` | `X` |
/// | `{{now}}` | `now()` | `CAST(strftime('%s','now') AS INTEGER)` |
/// | `{{inet X}}` / `{{host X}}` | `CAST(X AS inet)` / `host(X)` | `X` |
/// | `{{least}}` / `{{greatest}}` | `LEAST` / `GREATEST` (skip NULL) | `min` / `max` (NULL when any is) |
/// | `{{serial}}` / `{{bigserial}}` | `serial PRIMARY KEY` / `bigserial PRIMARY KEY` | `INTEGER PRIMARY KEY AUTOINCREMENT` |
/// | `{{timestamptz}}` / `{{inettype}}` | `timestamp with time zone` / `inet` | `datetime` / `varchar(45)` |
/// | `{{postgres: ...}}` / `{{sqlite: ...}}` | only on that engine | only on that engine |
///
/// Arguments may hold tokens. FreeRADIUS's tables keep times as epoch seconds on SQLite and as timestamptz on PostgreSQL.
/// SQLite's grammar wants `WHERE true` between `FROM {{rows ...}}` and `ON CONFLICT`.
public enum Dialect: String, Sendable, CaseIterable {
    case sqlite, postgres
}

extension Dialect {
    /// Replaces every token by this engine's SQL.
    /// - Throws: kind `other`, naming the token, when it is unknown, lacks its argument or is not closed.
    public func render(_ sql: String) throws(DatabaseError) -> String {
        var rest = sql[...]
        return try render(&rest, insideToken: false)
    }

    private func render(_ rest: inout Substring, insideToken: Bool) throws(DatabaseError) -> String {
        var out = ""
        while let character = rest.first {
            if rest.hasPrefix("{{") {
                rest.removeFirst(2)
                out += try expand(render(&rest, insideToken: true))
            } else if insideToken, rest.hasPrefix("}}") {
                rest.removeFirst(2)
                return out
            } else {
                out.append(character)
                rest.removeFirst()
            }
        }
        if insideToken { throw DatabaseError(.other, "SQL token {{\(out) is not closed") }
        return out
    }

    private func expand(_ token: String) throws(DatabaseError) -> String {
        let token = token.trimmingSpace()
        let name = token.prefix { !$0.isWhitespace && $0 != ":" }
        let argument = token.dropFirst(name.count).trimmingSpace()
        let isPostgres = self == .postgres
        let expansion: String? =
            switch name {
            case "any": any(argument)
            case "rows": rows(argument)
            case "timestamp": wrap(argument, "to_timestamp(", ")")
            case "epoch": wrap(argument, "CAST(extract(epoch FROM ", ") AS bigint)")
            case "inet": wrap(argument, "CAST(", " AS inet)")
            case "host": wrap(argument, "host(", ")")
            case "postgres", "sqlite": only(Dialect(rawValue: String(name)), argument)
            case _ where !argument.isEmpty: nil
            case "now": isPostgres ? "now()" : "CAST(strftime('%s','now') AS INTEGER)"
            case "least": isPostgres ? "LEAST" : "min"
            case "greatest": isPostgres ? "GREATEST" : "max"
            case "serial": isPostgres ? "serial PRIMARY KEY" : "INTEGER PRIMARY KEY AUTOINCREMENT"
            case "bigserial": isPostgres ? "bigserial PRIMARY KEY" : "INTEGER PRIMARY KEY AUTOINCREMENT"
            case "timestamptz": isPostgres ? "timestamp with time zone" : "datetime"
            case "inettype": isPostgres ? "inet" : "varchar(45)"
            default: nil
            }
        guard let expansion else { throw DatabaseError(.other, "unknown or incomplete SQL token {{\(token)}}") }
        return expansion
    }

    /// PostgreSQL's function or cast around the argument; SQLite has the plain value.
    private func wrap(_ argument: Substring, _ before: String, _ after: String) -> String? {
        guard !argument.isEmpty else { return nil }
        return self == .postgres ? before + argument + after : String(argument)
    }

    private func only(_ dialect: Dialect?, _ argument: Substring) -> String? {
        guard argument.first == ":" else { return nil }
        return self == dialect ? String(argument.dropFirst().trimmingSpace()) : ""
    }

    private func any(_ argument: Substring) -> String? {
        let words = argument.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, words[1] == "text" || words[1] == "bigint" else { return nil }
        return self == .postgres ? "= ANY(\(words[0])::\(words[1])[])" : "IN (SELECT value FROM json_each(\(words[0])))"
    }

    private func rows(_ argument: Substring) -> String? {
        // PostgreSQL takes arrays in the list of columns apart one beside the other, and those of a FROM one after the other into stores
        // of their own.
        var parameters: [String] = []
        for (index, column) in argument.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            let words = column.split(whereSeparator: \.isWhitespace)
            guard words.count == 2, let type = Self.elementTypes[words[1]] else { return nil }
            parameters.append((self == .postgres ? "unnest($\(index + 1)::\(type)[])" : "$\(index + 1)") + " AS \(words[0])")
        }
        return "(SELECT \(parameters.joined(separator: ", "))) AS r"
    }

    /// PostgreSQL's names of the types that ``DatabaseColumn`` has.
    private static let elementTypes: [Substring: String] = ["text": "text", "bigint": "bigint", "real": "double precision"]
}

extension StringProtocol where SubSequence == Substring {
    fileprivate func trimmingSpace() -> Substring {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
