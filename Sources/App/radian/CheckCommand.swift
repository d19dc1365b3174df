import ArgumentParser
import Composition

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look for the usual mistakes, and say what to do about them.",
        discussion: """
            Looks at the configuration, the database, certificates, this machine and, where it runs, at what the server has seen of its NAS
            devices since it started. Changes nothing. The exit code is 1 when something is wrong.

            Example:
              radian check
              radian check --fix-hints
              radian check --json
            """)

    @Flag(help: "Print the commands that mend things, too.") var fixHints = false
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let findings = try Checkup.run(options.load())
        if json { try Output.json(findings) } else { show(findings) }
        if findings.contains(where: { $0.severity == .error }) { throw ExitCode.failure }
    }

    private func show(_ findings: [Finding]) {
        for finding in findings {
            Output.line("\(finding.severity.rawValue.uppercased())  \(Output.printable(finding.message))")
            Output.line("  \(Output.printable(finding.advice))")
            if fixHints, let command = finding.command { Output.line("  $ \(Output.printable(command))") }
        }
        let counts = Finding.Severity.allCases.map { severity in (severity, findings.count { $0.severity == severity }) }
        let text = counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0.rawValue)\($0.1 == 1 ? "" : "s")" }.joined(separator: ", ")
        Output.line(text.isEmpty ? "nothing is wrong" : text)
    }
}
