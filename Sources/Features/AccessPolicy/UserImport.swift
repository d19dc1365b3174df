public import Accounts
public import Database
public import Documents

/// Imports users from a CSV file: `username,password,email,first_name,last_name`, with or without a header, which may reorder or omit columns.
///
/// - An empty user name is taken from the e-mail address, with 1, 2, 3 … appended when it is taken.
/// - An empty password is made up and reported.
/// - `cleartext$PASSWORD` and anything that is no hash is the password itself; Django's hashes are kept as hashes.
/// - A known e-mail address, in any case, links its account to the organization and changes nothing else.
///
/// Good rows are written even if others are wrong.
public struct UserImport {
    /// Rows in one transaction.
    static let chunkSize = 500

    private let connection: any DatabaseConnection
    private let organization: Organization?
    private let generator: any RandomNumberGenerator

    /// - Parameters:
    ///   - organization: whose members the users become; nil for none.
    ///   - generator: for passwords.
    public init(
        _ connection: any DatabaseConnection, organization: Organization?,
        generator: any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) {
        self.connection = connection
        self.organization = organization
        self.generator = generator
    }

    /// Reads all rows and writes those that are good.
    /// - Parameters:
    ///   - isDryRun: decide about each row, but write nothing.
    ///   - progress: called after each chunk.
    /// - Throws: ``ImportProblem`` for a header that cannot be understood, the file's error, or the database's when it cannot be reached;
    ///   chunks before it stay written, and the same file may be imported again.
    public func run(_ reader: CSVReader, isDryRun: Bool, progress: (ImportProgress) -> Void = { _ in }) throws -> ImportReport {
        var reader = reader
        let store = ImportStore(connection: connection)
        var planner = ImportPlanner(names: try store.userNames(), idsByEmail: try store.idsByEmail(), generator: generator)
        var columns: ImportColumns?
        var report = ImportReport()
        var chunk: [ImportDecision] = []

        func finishChunk() throws {
            try complete(chunk, isDryRun: isDryRun, store: store, report: &report)
            chunk.removeAll(keepingCapacity: true)
            progress(ImportProgress(rows: report.rows, bytesRead: reader.bytesRead))
        }

        while true {
            do {
                guard let record = try reader.next() else { break }
                if columns == nil {
                    let found = try ImportColumns(firstRow: record)
                    columns = found
                    if found.hasHeader { continue }
                }
                guard let columns else { break }
                do throws(ImportProblem) {
                    chunk.append(try planner.decide(try columns.row(record)))
                } catch {
                    report.problems.append(error)
                }
            } catch let error as CSVError {
                report.problems.append(ImportProblem(line: error.line, "field \(error.column) \(error.message)"))
            }
            if chunk.count == Self.chunkSize { try finishChunk() }
        }
        try finishChunk()
        report.problems.sort { $0.line < $1.line }
        return report
    }

    /// Writes a chunk in one transaction, or row by row when that fails, so that one row cannot take the others with it.
    private func complete(_ chunk: [ImportDecision], isDryRun: Bool, store: ImportStore, report: inout ImportReport) throws(DatabaseError) {
        if isDryRun || chunk.isEmpty { return count(chunk, in: &report) }
        do {
            try store.write(chunk, organization: organization)
            count(chunk, in: &report)
        } catch  where error.kind == .connection {
            throw error
        } catch {
            for decision in chunk {
                do {
                    try store.write([decision], organization: organization)
                    count([decision], in: &report)
                } catch  where error.kind == .connection {
                    throw error
                } catch {
                    report.problems.append(Self.problem(error, line: decision.line))
                }
            }
        }
    }

    private func count(_ decisions: [ImportDecision], in report: inout ImportReport) {
        for decision in decisions {
            switch decision.action {
            case .create(let user, _):
                report.created += 1
                if let password = decision.generatedPassword {
                    report.generatedPasswords.append(.init(line: decision.line, username: user.username, password: password))
                }
            case .link where organization == nil: report.unchanged += 1
            case .link: report.linked += 1
            }
        }
    }

    /// What only the database could know: somebody else was faster, or an earlier row that this one links to failed.
    private static func problem(_ error: DatabaseError, line: Int) -> ImportProblem {
        switch error.kind {
        case .unique(let constraint) where constraint.contains("email"):
            ImportProblem(line: line, column: .email, "the e-mail address was taken by another user just now")
        case .unique: ImportProblem(line: line, column: .username, "the user name was taken just now")
        case .foreignKey: ImportProblem(line: line, "the account or the organization to link does not exist any more")
        default: ImportProblem(line: line, "the database refused it: \(error)")
        }
    }
}
