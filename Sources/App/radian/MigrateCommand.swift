import ArgumentParser
import Composition
import Database

struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database's tables up to date.",
        discussion: """
            Also makes a database of FreeRADIUS ready: its tables and rows stay, columns and tables are added.
            'radian serve' and the commands that write do the same.

            Example:
              RADIAN_DATABASE_URL=postgres://radius@localhost/radius radian migrate
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let applied = try Schema.migrate(options.load().open())
        for migration in applied { Output.line("\(migration.feature) \(migration.number): \(migration.name)") }
        if applied.isEmpty { Output.line("the database is up to date") }
    }
}
