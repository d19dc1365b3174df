import Database
import Foundation
import TestSupport

/// The database schema and the accounting statement of an installed FreeRADIUS, read when a test runs.
struct FreeRADIUSSchema {
    /// `CREATE TABLE` statements.
    let schema: String
    /// The columns that FreeRADIUS's accounting inserts, with the optional class.
    let accountingColumns: [String]

    private static func folder(_ engine: TestDatabase.Engine) -> String {
        "/etc/freeradius/3.0/mods-config/sql/main/" + (engine == .sqlite ? "sqlite" : "postgresql")
    }

    /// Whether Debian's packages freeradius-config and freeradius-postgresql are there.
    static let isInstalled = TestDatabase.Engine.allCases.allSatisfy {
        FileManager.default.isReadableFile(atPath: folder($0) + "/schema.sql")
    }

    init(_ engine: TestDatabase.Engine) throws {
        schema = try String(contentsOfFile: Self.folder(engine) + "/schema.sql", encoding: .utf8)
        let queries = try String(contentsOfFile: Self.folder(engine) + "/queries.conf", encoding: .utf8)
        let list = queries.split(separator: "column_list = \"", maxSplits: 1).dropFirst().first?.prefix { $0 != "\"" } ?? ""
        accountingColumns = (list.replacing("${..class.column_name}", with: ", class"))
            .split(whereSeparator: { $0 == "," || $0 == "\\" || $0.isWhitespace }).map { $0.lowercased() }
    }

    /// FreeRADIUS's `INSERT` of an Accounting-Start.
    func insertStart(_ id: String, user: String, at epoch: Int64, dialect: Dialect) -> String {
        let values = accountingColumns.map { column in
            switch column {
            case "acctsessionid", "acctuniqueid": "'\(id)'"
            case "username": "'\(user)'"
            case "nasipaddress": "'192.0.2.1'"
            case "acctstarttime", "acctupdatetime": "{{timestamp \(epoch)}}"
            case "acctsessiontime", "acctinputoctets", "acctoutputoctets": "0"
            case "acctstoptime": "NULL"
            case _ where column.hasSuffix("address") || column.hasSuffix("prefix"): dialect == .postgres ? "NULL" : "''"
            default: "''"
            }
        }
        return "INSERT INTO radacct (\(accountingColumns.joined(separator: ", "))) VALUES (\(values.joined(separator: ", ")))"
    }
}
