import Batches

/// Shows how an import goes and what came of it.
struct ImportOutcome {
    /// The JSON of `--json`.
    private struct Document: Encodable {
        struct Password: Encodable {
            let line: Int
            let username: String
            let password: String
        }

        let created: Int
        let linked: Int
        let unchanged: Int
        let wrong: Int
        let dryRun: Bool
        let problems: [ImportProblem]
        let generatedPasswords: [Password]
    }

    private let path: String
    private let isDryRun: Bool
    private let isJSON: Bool
    private var display: ProgressDisplay
    private var problems: [ImportProblem] = []
    private var passwords: [Document.Password] = []
    private var hasHeading = false
    var counts = ImportCounts()

    /// - Parameter total: octets of the file.
    init(path: String, isDryRun: Bool, isJSON: Bool, total: Int) {
        self.path = path
        self.isDryRun = isDryRun
        self.isJSON = isJSON
        display = ProgressDisplay(total: total)
    }

    /// Passwords and wrong lines are printed chunk by chunk, so that a large file needs no large memory.
    mutating func add(_ step: ImportStep) {
        display.show(done: step.bytesRead, "\(step.counts.rows) lines")
        if isJSON {
            problems += step.problems
            if isDryRun { return }
            passwords += step.generated.map { .init(line: $0.line, username: $0.credential.username, password: $0.credential.password) }
            return
        }
        if !isDryRun, !step.generated.isEmpty {
            display.finish()
            let rows = step.generated.map { [String($0.line), $0.credential.username, $0.credential.password] }
            Output.line(TextTable((hasHeading ? [] : [["LINE", "USER", "NEW PASSWORD"]]) + rows).text)
            hasHeading = true
        }
        if !step.problems.isEmpty { display.finish() }
        for problem in step.problems { Output.complain("\(path): \(Output.printable(problem.description))") }
    }

    mutating func finishProgress() { display.finish() }

    /// - Throws: when lines were wrong.
    func show() throws {
        if isJSON {
            try Output.json(
                Document(
                    created: counts.created, linked: counts.linked, unchanged: counts.unchanged, wrong: counts.refused, dryRun: isDryRun,
                    problems: problems, generatedPasswords: passwords))
        } else {
            let texts = [
                ("created", counts.created), ("linked to the organization", counts.linked), ("there already", counts.unchanged),
                ("wrong", counts.refused),
            ]
            let text = texts.filter { $0.1 > 0 || $0.0 == "created" }.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
            Output.line(isDryRun ? "dry run, nothing written: \(text)" : text)
        }
        guard counts.refused == 0 else {
            throw CommandFailure(
                "\(counts.refused) of \(counts.rows) lines \(isDryRun ? "would not be" : "were not") imported; correct them and import the file again"
            )
        }
    }
}
