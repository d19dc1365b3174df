import BackEnds
import FreeRADIUSFiles
import Logging
public import ServerKernel

/// The sections `back_ends`, a list in the order in which they are asked, and `one_time_passwords`.
public struct BackEndsConfiguration: Sendable {
    /// One back end, not yet made.
    struct Description: Sendable {
        enum Kind: Sendable {
            case ldap(LDAPSettings)
            case sasl(SASLSettings)
            case http(HTTPSettings)
            case file(path: String)
        }

        var name: String
        var location: String
        var kind: Kind
        var settings: BackEndSettings
    }

    let descriptions: [Description]
    /// Nil where they are switched off.
    let oneTimePasswords: OneTimePasswordSettings?

    /// Reads both sections; problems stay with the reader.
    public init(_ reader: inout ConfigurationReader) {
        var descriptions: [Description] = []
        if let node = reader.node("back_ends", recordKeys: BackEndReader.keys) {
            if case .list(let nodes) = node.content {
                for node in nodes {
                    var back = BackEndReader(node, &reader)
                    if let description = back.read(&reader) { descriptions.append(description) }
                }
            } else {
                reader.report(node.location, "'back_ends' must be a list of back ends with 'name' and 'type'")
            }
        }
        for (name, same) in Dictionary(grouping: descriptions, by: { $0.name.lowercased() }) where same.count > 1 {
            reader.report(same[1].location, "there are several back ends '\(name)'")
        }
        self.descriptions = descriptions

        var settings = OneTimePasswordSettings()
        let section = "one_time_passwords"
        let isEnabled = reader.flag(section, "enabled", default: false)
        settings.window = reader.integer(section, "window", default: settings.window, in: 0...10)
        settings.prompt = reader.text(section, "prompt", default: settings.prompt)
        settings.challengeSeconds = reader.integer(section, "challenge_timeout", default: settings.challengeSeconds, in: 10...600)
        settings.attempts = reader.integer(section, "attempts", default: settings.attempts, in: 1...100)
        settings.lockSeconds = reader.integer(section, "lock", default: settings.lockSeconds, in: 0...86_400)
        oneTimePasswords = isEnabled ? settings : nil
    }

    /// Makes the back ends. None connects before it is asked; files are read.
    /// - Throws: ``ServerKernel/ConfigurationError`` about a file.
    func makeBackEnds(logger: Logger) throws(ConfigurationError) -> [(backEnd: any BackEnd, settings: BackEndSettings)] {
        var list: [(backEnd: any BackEnd, settings: BackEndSettings)] = []
        var problems: [ConfigurationProblem] = []
        for description in descriptions {
            switch description.kind {
            case .ldap(let settings): list.append((LDAPBackEnd(name: description.name, settings), description.settings))
            case .sasl(let settings): list.append((SASLBackEnd(name: description.name, settings), description.settings))
            case .http(let settings): list.append((HTTPBackEnd(name: description.name, settings), description.settings))
            case .file(let path):
                do {
                    list.append((try UsersFileBackEnd(name: description.name, path: path, logger: logger), description.settings))
                } catch {
                    let location = error.line > 0 ? "\(error.file):\(error.line)" : description.location
                    problems.append(
                        ConfigurationProblem(
                            location: location, message: error.line > 0 ? error.message : "\(error.file) \(error.message)"))
                }
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
        return list
    }
}
