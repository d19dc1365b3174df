import ArgumentParser
import Composition
import Database
import RADIUSDictionary

/// `--config`, and what commands do with it.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: .customLong("config"), help: ArgumentHelp("Configuration; Config/radian.yaml where it exists.", valueName: "file"))
    var file: String?

    func load() throws -> RadianConfiguration {
        try RadianConfiguration.load(path: file)
    }

    /// A connection for a command that writes: the schema is brought up to date first.
    func openForWriting(_ purpose: ConnectionPurpose = .general) throws -> any DatabaseConnection {
        let connection = try load().open(purpose)
        _ = try Schema.migrate(connection)
        return connection
    }

    /// A connection for a command that reads, which needs the schema of this program.
    func openForReading() throws -> any DatabaseConnection {
        let configuration = try load()
        let connection = try configuration.open()
        guard try Schema.pending(connection).isEmpty else {
            throw CommandFailure(
                "the database \(try configuration.makeEngine().displayName) lacks tables of this version; run 'radian migrate'")
        }
        return connection
    }
}

extension RadianConfiguration {
    /// A connection for a command.
    func open(_ purpose: ConnectionPurpose = .general) throws -> any DatabaseConnection {
        let engine: any DatabaseEngine
        do {
            engine = try makeEngine()
        } catch {
            throw CommandFailure("database.url: \(error)", code: .configuration)
        }
        do {
            return try engine.connect(purpose)
        } catch {
            throw CommandFailure(
                "cannot open the database \(engine.displayName): \(error); it is set by database.url or RADIAN_DATABASE_URL")
        }
    }
}
