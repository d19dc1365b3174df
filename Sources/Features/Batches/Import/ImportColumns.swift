import Documents
import Localization

/// What a column of an import file holds. Raw values are the names in a header.
public enum ImportColumn: String, CaseIterable, Sendable, Codable {
    case username, password, email
    case firstName = "first_name"
    case lastName = "last_name"

    /// - Parameter header: in any case; blanks, `_` and `-` do not count.
    init?(header: String) {
        func folded(_ text: String) -> String { text.lowercased().filter { !$0.isWhitespace && $0 != "_" && $0 != "-" } }
        guard let column = Self.allCases.first(where: { folded($0.rawValue) == folded(header) }) else { return nil }
        self = column
    }
}

/// Where the columns of an import file stand.
struct ImportColumns: Equatable {
    /// In the order of the file.
    let order: [ImportColumn]
    /// Whether the first row is no user.
    let hasHeader: Bool

    /// Reads the first row: a header when it names the user name or the e-mail column, else a user with all columns in their usual order.
    /// - Throws: ``ImportProblem`` for a header with an unknown or repeated column.
    init(firstRow: CSVRecord) throws(ImportProblem) {
        let columns = firstRow.fields.map { ImportColumn(header: $0) }
        hasHeader = columns.contains(.username) || columns.contains(.email)
        guard hasHeader else {
            order = ImportColumn.allCases
            return
        }
        var order: [ImportColumn] = []
        for (name, column) in zip(firstRow.fields, columns) {
            guard let column else {
                let known = ImportColumn.allCases.map(\.rawValue).joined(separator: ", ")
                throw ImportProblem(
                    line: firstRow.line,
                    Message("the header's column '{name}' is unknown; the columns are {known}", ["name": name, "known": known]))
            }
            guard !order.contains(column) else {
                throw ImportProblem(line: firstRow.line, Message("the header has the column '{name}' twice", ["name": column.rawValue]))
            }
            order.append(column)
        }
        self.order = order
    }

    /// The row's texts by column, without blanks at their ends; passwords are taken as they are.
    /// - Throws: ``ImportProblem`` when the row has more or fewer fields than there are columns.
    func row(_ record: CSVRecord) throws(ImportProblem) -> ImportRow {
        guard record.fields.count == order.count else {
            let expected = order.map(\.rawValue).joined(separator: ",")
            throw ImportProblem(
                line: record.line,
                Message(
                    "the number of fields is {count} instead of {expected}: {columns}",
                    ["count": String(record.fields.count), "expected": String(order.count), "columns": expected]))
        }
        var row = ImportRow(line: record.line)
        for (column, field) in zip(order, record.fields) {
            row.values[column] = column == .password ? field : field.trimmingBlanks()
        }
        return row
    }
}

/// One user to be: of an import file, or the next number of a prefix.
struct ImportRow: Sendable {
    /// The line on which the row begins; the n-th user of a prefix.
    let line: Int
    var values: [ImportColumn: String] = [:]
    /// The user name is this with the next free number.
    var prefix: String?

    /// Empty when the file lacks the column.
    subscript(_ column: ImportColumn) -> String { values[column] ?? "" }
}

extension String {
    fileprivate func trimmingBlanks() -> String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
