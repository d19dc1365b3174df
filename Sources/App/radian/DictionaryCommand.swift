import ArgumentParser
import Composition
import RADIUSDictionary

struct DictionaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dictionary",
        abstract: "Attributes and their values.",
        discussion: """
            Example:
              radian dictionary find Session-Timeout
            """,
        subcommands: [Check.self, Find.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read a dictionary and count what is in it.",
            discussion: """
                Mistakes are shown with file and line.

                Example:
                  radian dictionary check /usr/share/freeradius
                """)

        @Argument(help: "A dictionary file, or a directory with a file called dictionary.") var path: String

        func run() throws {
            let dictionary: AttributeDictionary
            do throws(DictionaryError) {
                dictionary = try AttributeDictionary.load(path)
            } catch {
                throw CommandFailure("\(error)")
            }
            for warning in dictionary.warnings { Output.complain("warning: \(warning)") }
            let counts = dictionary.statistics
            Output.details([
                ("files", String(counts.files)), ("attribute names", String(counts.attributeNames)),
                ("attribute numbers", String(counts.attributeNumbers)), ("vendor names", String(counts.vendorNames)),
                ("vendor numbers", String(counts.vendorNumbers)), ("values", String(counts.values)),
                ("values before their attribute", String(counts.forwardReferences)),
            ])
        }
    }

    struct Find: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find attributes by name, part of a name, or number.",
            discussion: """
                An exact name or number shows the attribute with its values; anything else lists what contains it.

                Example:
                  radian dictionary find Service-Type
                  radian dictionary find 26.9.1
                  radian dictionary find bandwidth
                """)

        @Argument(help: "A name, a part of one, or a number such as 4 or 26.9.1.") var query: String
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let dictionary = try options.load().loadDictionary()
            let isExact: Bool
            var found = dictionary.attributes.filter { $0.oid == query || $0.name.lowercased() == query.lowercased() }
            isExact = !found.isEmpty
            if !isExact {
                let part = query.lowercased()
                found = dictionary.attributes.filter { $0.oid.hasPrefix(query + ".") || $0.name.lowercased().contains(part) }
            }
            guard !found.isEmpty else {
                throw CommandFailure(
                    "the dictionary has no attribute '\(query)'; a part of a name finds more, such as 'radian dictionary find timeout'")
            }
            found.sort { ($0.name.lowercased(), $0.oid) < ($1.name.lowercased(), $1.oid) }
            if json { return try Output.json(found.map { AttributeDescription($0, withValues: isExact) }) }
            if !isExact {
                return Output.table(
                    ["name", "number", "type", "flags"], found.map { [$0.name, $0.oid, $0.type.keyword, $0.flagText] }, empty: "")
            }
            for attribute in found {
                Output.details(
                    [
                        ("name", attribute.name), ("number", attribute.oid), ("type", attribute.type.keyword),
                        ("flags", attribute.flagText),
                    ] + attribute.values.map { ("value", "\($0.number) \($0.name)") })
            }
        }
    }
}

/// An attribute as JSON.
private struct AttributeDescription: Encodable {
    struct Value: Encodable {
        let name: String
        let number: UInt64
    }

    let name, oid, type: String
    let flags: [String]
    let values: [Value]

    init(_ attribute: AttributeDefinition, withValues: Bool) {
        name = attribute.name
        oid = attribute.oid
        type = attribute.type.keyword
        flags = attribute.flagNames
        values = withValues ? attribute.values.map { Value(name: $0.name, number: $0.number) } : []
    }
}

extension AttributeDefinition {
    /// As dictionaries spell them.
    fileprivate var flagNames: [String] {
        var names: [String] = []
        if flags.hasTag { names.append("has_tag") }
        if flags.encryption != .none { names.append("encrypt=\(flags.encryption.rawValue)") }
        if flags.concat { names.append("concat") }
        if flags.array { names.append("array") }
        if flags.virtual { names.append("virtual") }
        if flags.secret { names.append("secret") }
        if flags.isInternal { names.append("internal") }
        return names
    }

    fileprivate var flagText: String { flagNames.joined(separator: " ") }
}
