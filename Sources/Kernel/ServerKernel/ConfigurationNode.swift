import Yams

/// A part of a YAML document that has a shape of its own, with the place of each of its parts.
public struct ConfigurationNode: Sendable {
    /// One key of a mapping.
    public struct Entry: Sendable {
        public let key: String
        /// The key's place, `FILE:LINE`.
        public let location: String
        public let value: ConfigurationNode
    }

    public enum Content: Sendable {
        /// No value.
        case empty
        case scalar(String)
        case list([ConfigurationNode])
        /// In the order of the file.
        case mapping([Entry])
    }

    public let content: Content
    /// `FILE:LINE`.
    public let location: String

    init(_ node: Node, file: String, line: Int) {
        let line = node.mark?.line ?? line
        location = "\(file):\(line)"
        switch node {
        case .mapping(let mapping):
            content = .mapping(
                mapping.map { key, value in
                    let keyLine = key.mark?.line ?? line
                    return Entry(
                        key: key.string ?? "?", location: "\(file):\(keyLine)",
                        value: ConfigurationNode(value, file: file, line: keyLine))
                })
        case .sequence(let sequence):
            content = .list(sequence.map { ConfigurationNode($0, file: file, line: line) })
        default:
            content = node.null == nil ? node.scalar.map { .scalar($0.string) } ?? .empty : .empty
        }
    }

    /// Reads a document of its own, such as a text of the database.
    /// - Parameter file: stands for the file in errors.
    /// - Throws: when the text is no YAML.
    public init(yaml: String, file: String) throws(ConfigurationError) {
        do {
            guard let root = try Yams.compose(yaml: yaml) else {
                throw ConfigurationError(problems: [ConfigurationProblem(location: file, message: "is empty")])
            }
            self.init(root, file: file, line: 1)
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError(problems: [YAMLSyntax.problem(error, file: file)])
        }
    }

    /// The entries of a mapping; nil for anything else.
    public var entries: [Entry]? {
        guard case .mapping(let entries) = content else { return nil }
        return entries
    }

    /// A single value; nil for anything else.
    public var scalar: String? {
        guard case .scalar(let text) = content else { return nil }
        return text
    }

    /// The values of a list of single values, or the one value; nil for anything else.
    public var scalars: [String]? {
        switch content {
        case .scalar(let text): return [text]
        case .list(let nodes):
            let texts = nodes.compactMap(\.scalar)
            return texts.count == nodes.count ? texts : nil
        default: return nil
        }
    }
}

/// What Yams says about a text that is no YAML.
enum YAMLSyntax {
    /// Yams shows the line at fault, which may hold a secret: only its number and what is wrong with it go on.
    static func problem(_ error: any Error, file: String) -> ConfigurationProblem {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            located(mark.line, "not valid YAML: \(problem)", file)
        case YamlError.duplicatedKeysInMapping(let keys, let context):
            located(
                context.mark.line, "not valid YAML: \(keys.sorted().map { "'\($0)'" }.joined(separator: ", ")) is there twice", file)
        case YamlError.reader(let problem, _, _, _):
            located(0, "not valid YAML: \(problem)", file)
        default:
            located(0, "not valid YAML", file)
        }
    }

    private static func located(_ line: Int, _ message: String, _ file: String) -> ConfigurationProblem {
        ConfigurationProblem(location: line > 0 ? "\(file):\(line)" : file, message: message)
    }
}
