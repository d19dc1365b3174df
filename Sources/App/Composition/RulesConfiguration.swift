import AccessPolicy
public import RADIUSDictionary
public import RADIUSPipeline
public import ServerKernel

/// The section `rules`. Rules name attributes, so that they are understood once the dictionary is loaded.
public struct RulesConfiguration: Sendable {
    private let node: ConfigurationNode?

    /// Takes the section; what is wrong in it is said by ``rules(_:)``.
    public init(_ reader: inout ConfigurationReader) {
        node = reader.node("rules", recordKeys: ["name", "early", "when", "then"])
    }

    /// The rules in their order.
    /// - Throws: every problem with its line.
    public func rules(_ dictionary: AttributeDictionary) throws(ConfigurationError) -> [Rule] {
        guard let node else { return [] }
        var parser = RuleParser(dictionary: dictionary)
        let rules = parser.rules(node)
        guard parser.problems.isEmpty else { throw ConfigurationError(problems: parser.problems) }
        return rules
    }
}
