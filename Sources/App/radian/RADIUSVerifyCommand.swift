import ArgumentParser
import Composition
import RADIUSClient

extension RADIUSCommand {
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare the ledger of a load run with the database.",
            discussion: """
                Every Start, Interim-Update and Stop that was acknowledged must be in radacct, and right: the row is there, once, and was begun by
                the Start; octets and session time are at least those of the last acknowledged packet and none that was never sent; the Stop has
                its time and cause. What nobody acknowledged may be there or not. Where the usage of users is kept, it must be the sum of their
                sessions. The database is that of the configuration or of RADIAN_DATABASE_URL. The exit code is 1 when something is wrong.

                Example:
                  radian radius load --kind acct --ledger acct.ledger --duration 60
                  radian radius verify --ledger acct.ledger
                """)

        @Option(help: ArgumentHelp("What 'radian radius load' wrote.", valueName: "file")) var ledger: String
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let report = try LedgerCheck.run(LoadLedger(path: ledger), over: options.openForReading())
            if json { try Output.json(report) } else { Output.line(report.text) }
            if report.faultCount > 0 { throw ExitCode.failure }
        }
    }
}
