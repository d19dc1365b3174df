import Documents
import Localization

/// Where rows come from, in chunks.
struct RowSource {
    private enum Kind {
        case csv(CSVReader, ImportColumns?)
        case prefix(String, count: Int, done: Int)
    }

    private var kind: Kind
    /// Rows handed out or passed over so far, wrong ones included.
    private(set) var position = 0
    /// Of the file.
    private(set) var bytesRead = 0

    /// Rows of a CSV text, with or without a header.
    init(_ reader: CSVReader) {
        kind = .csv(reader, nil)
    }

    /// As many rows as users are wanted.
    init(prefix: String, count: Int) {
        kind = .prefix(prefix, count: count, done: 0)
    }

    /// The next rows; empty at the end.
    /// - Throws: ``ImportProblem`` for a header that cannot be understood, or the file's error.
    mutating func next(_ limit: Int) throws -> [Result<ImportRow, ImportProblem>] {
        var rows: [Result<ImportRow, ImportProblem>] = []
        switch kind {
        case .prefix(let prefix, let count, let done):
            let last = min(count, done + limit)
            rows = (done..<last).map { .success(ImportRow(line: $0 + 1, prefix: prefix)) }
            kind = .prefix(prefix, count: count, done: last)
        case .csv(var reader, var columns):
            // The only owner changes it in place.
            kind = .prefix("", count: 0, done: 0)
            defer { kind = .csv(reader, columns) }
            while rows.count < limit, let row = try Self.next(&reader, &columns) { rows.append(row) }
            bytesRead = reader.bytesRead
        }
        position += rows.count
        return rows
    }

    /// Passes over rows that were done before.
    mutating func skip(_ count: Int) throws {
        while position < count {
            guard try !next(min(1000, count - position)).isEmpty else { return }
        }
    }

    private static func next(_ reader: inout CSVReader, _ columns: inout ImportColumns?) throws -> Result<ImportRow, ImportProblem>? {
        do {
            guard var record = try reader.next() else { return nil }
            if columns == nil {
                let found = try ImportColumns(firstRow: record)
                columns = found
                if found.hasHeader {
                    guard let first = try reader.next() else { return nil }
                    record = first
                }
            }
            guard let columns else { return nil }
            do throws(ImportProblem) {
                return .success(try columns.row(record))
            } catch {
                return .failure(error)
            }
        } catch let error as CSVError {
            return .failure(ImportProblem(line: error.line, Self.text(error)))
        }
    }

    private static func text(_ error: CSVError) -> Message {
        let english =
            switch error.problem {
            case .unterminatedQuote: "field {field}: a quote opens and is never closed"
            case .textAfterQuote: "field {field}: text follows a closing quote; write a quote inside quotes twice"
            case .notText: "field {field}: a character cannot be read; save the file as UTF-8"
            case .recordTooLong: "field {field}: the row is too long; is a quote missing?"
            }
        return Message(english, ["field": String(error.column)])
    }
}
