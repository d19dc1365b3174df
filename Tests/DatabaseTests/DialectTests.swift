import Database
import Testing

@Suite struct DialectTests {
    struct Token: CustomTestStringConvertible, Sendable {
        let sql: String
        let postgres: String
        let sqlite: String
        var testDescription: String { sql }

        init(_ sql: String, postgres: String, sqlite: String) {
            self.sql = sql
            self.postgres = postgres
            self.sqlite = sqlite
        }
    }

    static let tokens = [
        Token("SELECT $1", postgres: "SELECT $1", sqlite: "SELECT $1"),
        Token("x {{any $1 text}} y", postgres: "x = ANY($1::text[]) y", sqlite: "x IN (SELECT value FROM json_each($1)) y"),
        Token("{{any $12 bigint}}", postgres: "= ANY($12::bigint[])", sqlite: "IN (SELECT value FROM json_each($12))"),
        Token(
            "{{rows a text, b bigint,c real}}",
            postgres: "(SELECT unnest($1::text[]) AS a, unnest($2::bigint[]) AS b, unnest($3::double precision[]) AS c) AS r",
            sqlite: "(SELECT $1 AS a, $2 AS b, $3 AS c) AS r"),
        Token("{{timestamp $1 + 5}}", postgres: "to_timestamp($1 + 5)", sqlite: "$1 + 5"),
        Token("{{epoch r.a}}", postgres: "CAST(extract(epoch FROM r.a) AS bigint)", sqlite: "r.a"),
        Token("{{now}}", postgres: "now()", sqlite: "CAST(strftime('%s','now') AS INTEGER)"),
        Token("{{inet $1}}", postgres: "CAST($1 AS inet)", sqlite: "$1"),
        Token("{{host a.b}}", postgres: "host(a.b)", sqlite: "a.b"),
        Token("{{least}}(1, 2)", postgres: "LEAST(1, 2)", sqlite: "min(1, 2)"),
        Token("{{greatest}}(1, 2)", postgres: "GREATEST(1, 2)", sqlite: "max(1, 2)"),
        Token("id {{serial}},", postgres: "id serial PRIMARY KEY,", sqlite: "id INTEGER PRIMARY KEY AUTOINCREMENT,"),
        Token("{{bigserial}}", postgres: "bigserial PRIMARY KEY", sqlite: "INTEGER PRIMARY KEY AUTOINCREMENT"),
        Token("{{timestamptz}}", postgres: "timestamp with time zone", sqlite: "datetime"),
        Token("{{inettype}}", postgres: "inet", sqlite: "varchar(45)"),
        Token("a{{postgres: b}}{{sqlite:c }}d", postgres: "abd", sqlite: "acd"),
        Token("{{ now }}", postgres: "now()", sqlite: "CAST(strftime('%s','now') AS INTEGER)"),
        Token("{{timestamp {{epoch r.a}}}}", postgres: "to_timestamp(CAST(extract(epoch FROM r.a) AS bigint))", sqlite: "r.a"),
        Token("{{postgres: x {{any $1 text}} {{now}}}}", postgres: "x = ANY($1::text[]) now()", sqlite: ""),
        Token("'{\"a\": {\"b\": 1}}'", postgres: "'{\"a\": {\"b\": 1}}'", sqlite: "'{\"a\": {\"b\": 1}}'"),
    ]

    @Test(arguments: tokens) func token(_ token: Token) throws {
        #expect(try Dialect.postgres.render(token.sql) == token.postgres)
        #expect(try Dialect.sqlite.render(token.sql) == token.sqlite)
    }

    @Test(arguments: [
        "{{nothing}}", "{{}}", "{{now", "{{now}", "{{epoch}}", "{{any $1}}", "{{any $1 inet}}", "{{rows}}", "{{rows a}}",
        "{{rows a text,}}",
        "{{rows a json}}", "{{now x}}", "{{postgres x}}", "{{sqlite: {{nothing}}}}", "{{postgres: {{nothing}}}}",
    ])
    func `a wrong token is an error that names it`(_ sql: String) {
        for dialect in Dialect.allCases {
            let error = #expect(throws: DatabaseError.self) { try dialect.render(sql) }
            #expect(error?.kind == .other)
            #expect(error?.description.contains("SQL token {{") == true)
        }
    }
}
