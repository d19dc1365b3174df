public import Database
import Documents
import Foundation
import Localization

extension BatchStore {
    private static let addProblems = Statement(
        """
        INSERT INTO radian_batch_problem (batch_id, line, field, message, cells)
        SELECT r.batch, r.line, r.field, r.message, r.cells
        FROM {{rows batch text, line bigint, field text, message text, cells text}} WHERE true
        ON CONFLICT (batch_id, line) DO NOTHING
        """)
    private static let problems = Statement(
        "SELECT line, field, message, cells FROM radian_batch_problem WHERE batch_id = $1 AND line > $2 ORDER BY line LIMIT $3")
    /// What a report shows of a refused row: everything but the password.
    private static let reported: [ImportColumn] = [.username, .email, .firstName, .lastName]

    /// Keeps refused rows for the report, without their passwords.
    func add(_ problems: [(problem: ImportProblem, row: ImportRow)], to batchID: String) throws(DatabaseError) {
        try connection.executeRows(
            Self.addProblems,
            columns: [
                .text(problems.map { _ in batchID }), .integer(problems.map { Int64($0.problem.line) }),
                .text(problems.map { $0.problem.column?.rawValue }), .text(problems.map(\.problem.message)),
                .text(problems.map { Self.cells($0.row) }),
            ])
    }

    /// Refused rows by line.
    /// - Parameter line: only rows behind it.
    public func problems(of batchID: String, after line: Int = 0, limit: Int) throws(DatabaseError) -> [ImportProblem] {
        try connection.rows(Self.problems, [.text(batchID), .integer(Int64(line)), .integer(Int64(limit))]) { row in
            ImportProblem(
                line: Int(row.integer(0)), column: row.textOrNil(1).flatMap(ImportColumn.init(rawValue:)), Message(row.text(2)))
        }
    }

    /// The first line of the report of refused rows: CSV with line, column, error and the row's texts, in which no spreadsheet sees a formula.
    public static let errorReportHeading = CSVWriter.row(["line", "column", "error"] + reported.map(\.rawValue))

    /// Some lines of the report of refused rows.
    /// - Parameter line: the last line of the call before; 0 at first.
    /// - Returns: the text and the last line in it; nil at the end.
    public func errorReport(of batchID: String, after line: Int64) throws(DatabaseError) -> (text: String, last: Int64)? {
        var text = ""
        var last = line
        try connection.query(Self.problems, [.text(batchID), .integer(line), .integer(1000)]) { row in
            last = row.integer(0)
            text += CSVWriter.row([row.text(0), row.text(1), row.text(2)] + Self.cells(row.text(3)))
        }
        return text.isEmpty ? nil : (text, last)
    }

    private static func cells(_ row: ImportRow) -> String {
        let texts = reported.map { row[$0].replacing("\0", with: "") }
        return (try? JSONEncoder().encode(texts)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    }

    private static func cells(_ text: String) -> [String] {
        (try? JSONDecoder().decode([String].self, from: Data(text.utf8))) ?? []
    }
}
