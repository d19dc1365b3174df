import ArgumentParser
import Composition
import Foundation
import Proxying
import ServerKernel

/// Settings of a realm, home server or pool by the names that the configuration file uses.
struct RecordOptions: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("A further setting, as in the configuration file; may be repeated.", valueName: "key=value"))
    var settings: [String] = []

    func values(allowed: [String]) throws -> [String: String] {
        var values: [String: String] = [:]
        for setting in settings {
            let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, allowed.contains(parts[0]) else {
                throw ValidationError("--set \(parts.first ?? "")=…: use one of \(allowed.joined(separator: ", "))")
            }
            values[parts[0]] = parts[1]
        }
        return values
    }
}

/// A record with where it comes from.
struct RecordSource {
    /// The record's own and `where`: file or database.
    let values: [String: String]

    /// Records of the file, then those of the database; without secrets.
    static func all(_ file: [ProxyRecord], _ rows: [ProxyRecord]) -> [RecordSource] {
        func source(_ records: [ProxyRecord], _ place: String) -> [RecordSource] {
            records.map { record in
                var values = record.values
                for key in ["secret", "check_password"] where values[key] != nil { values[key] = SecretMask.text }
                values["where"] = place
                return RecordSource(values: values)
            }
        }
        return source(file, "file") + source(rows, "database")
    }
}

extension ProxyingConfiguration {
    /// The sections of the file that a command is given; what is wrong in others is for `radian config check`.
    init(_ options: ConfigurationOptions) throws {
        let path = options.file ?? "Config/radian.yaml"
        let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        var reader = ConfigurationReader(yaml: text, file: path, environment: ProcessInfo.processInfo.environment)
        self.init(&reader)
    }
}
