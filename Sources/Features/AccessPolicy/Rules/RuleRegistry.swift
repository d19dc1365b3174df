public import Database
public import Logging
import NIOConcurrencyHelpers
public import RADIUSDictionary
public import RADIUSPipeline
public import ServerKernel

/// The rules that requests meet: those of the configuration, then those of the database, as one immutable table that is swapped whole.
public final class RuleRegistry: RuleDirectory {
    private struct State {
        var table: RuleTable
        var configured: [Rule]
        var stored: [StoredRule] = []
        var rules: [Rule] = []
        var reportedProblems: Set<String> = []
    }

    private let dictionary: AttributeDictionary
    private let logger: Logger
    private let state: NIOLockedValueBox<State>

    /// - Parameter configured: rules of the configuration file; they come first.
    public init(configured: [Rule], dictionary: AttributeDictionary, logger: Logger) {
        self.dictionary = dictionary
        self.logger = logger
        state = NIOLockedValueBox(State(table: RuleTable(configured), configured: configured))
    }

    public var rules: RuleTable { state.withLockedValue { $0.table } }

    /// Replaces the rules of the configuration file, which was read again.
    public func setConfigured(_ rules: [Rule]) {
        state.withLockedValue { state in
            state.configured = rules
            state.table = RuleTable(rules + state.rules)
        }
    }

    /// Reads the rows again. One that cannot be understood is skipped and reported once; `radian rule add` refuses such a rule.
    public func refresh(over connection: any DatabaseConnection) throws(DatabaseError) {
        let stored = try RuleStore(connection).all()
        guard state.withLockedValue({ $0.stored != stored }) else { return }
        var problems: [String] = []
        let rules = stored.compactMap { row -> Rule? in
            let (rule, found) = Self.rule(row, dictionary: dictionary)
            problems += found.map(\.description)
            return rule
        }
        let news = state.withLockedValue { state -> [String] in
            state.stored = stored
            state.rules = rules
            state.table = RuleTable(state.configured + rules)
            let news = problems.filter { !state.reportedProblems.contains($0) }
            state.reportedProblems = Set(problems)
            return news
        }
        for problem in news { logger.warning("rule skipped: \(problem)") }
    }

    /// Reads a row's definition.
    /// - Returns: the rule, or what is wrong with it.
    public static func rule(_ row: StoredRule, dictionary: AttributeDictionary) -> (Rule?, [ConfigurationProblem]) {
        var parser = RuleParser(dictionary: dictionary)
        do {
            let node = try ConfigurationNode(yaml: row.definition, file: "rule \(row.name)")
            let rule = parser.rule(node, name: row.name, organizationID: row.organizationID)
            return (rule, parser.problems)
        } catch {
            return (nil, error.problems)
        }
    }
}
