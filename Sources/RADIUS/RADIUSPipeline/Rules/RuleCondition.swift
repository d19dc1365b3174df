public import RADIUSDictionary
public import RADIUSTransport
import RADIUSWire

/// What a rule asks about a request. A list holds when any of its entries does.
public indirect enum RuleCondition: Sendable {
    /// The NAS's name, or where the packet comes from.
    public enum NAS: Sendable {
        case name(TextPattern)
        case source(IPPrefix)
    }

    case nas([NAS])
    case nasType([TextPattern])
    /// Realm of the name: of a known organization, else what stands behind `@` or before `\`; `NULL` for a name without.
    case realm([TextPattern])
    case ssid([TextPattern])
    /// The name as received, or as it is looked up.
    case user([TextPattern])
    case group([TextPattern])
    case station([StationPrefix])
    case method([RuleMethod])
    case time([LoginTime])
    case attributes([AttributeComparison])
    /// Holds unless all of these hold.
    case not([RuleCondition])

    /// Whether the condition asks for what is known only once the user was looked up.
    public var needsUser: Bool {
        switch self {
        case .group: true
        case .attributes(let comparisons): comparisons.contains(where: \.needsUser)
        case .not(let conditions): conditions.contains(where: \.needsUser)
        default: false
        }
    }

    func holds(_ context: inout RequestContext) throws(RowProblem) -> Bool {
        switch self {
        case .nas(let list):
            return list.contains { nas in
                switch nas {
                case .name(let pattern): pattern.matches(context.client.name)
                case .source(let prefix): prefix.contains(context.source.address)
                }
            }
        case .nasType(let patterns): return patterns.matches(context.client.type)
        case .realm(let patterns): return patterns.matches(Self.realm(context))
        case .ssid(let patterns): return patterns.matches(context.ssid)
        case .user(let patterns): return patterns.matches(context.userName) || patterns.matches(context.receivedUserName)
        case .group(let patterns): return context.groups.contains { patterns.matches($0) }
        case .station(let prefixes):
            guard let address = context.stationAddress ?? context.callingStationID.flatMap({ MACAddress($0.prefix(17)) }) else {
                return false
            }
            return prefixes.contains { $0.contains(address) }
        case .method(let methods): return methods.contains { $0.isUsed(in: context) }
        case .time(let times):
            let now = WeekMinute(epoch: context.receivedEpoch, zone: context.settings.timeZone)
            return times.contains { $0.allows(now) }
        case .attributes(let comparisons):
            for comparison in comparisons where try comparison.holds(&context) { return true }
            return false
        case .not(let conditions): return try !conditions.allHold(&context)
        }
    }

    private static func realm(_ context: RequestContext) -> String {
        if let realm = context.realm { return realm }
        let name = context.userName
        if let at = name.utf8.lastIndex(of: UInt8(ascii: "@")) { return String(name[name.utf8.index(after: at)...]) }
        if let backslash = name.utf8.firstIndex(of: UInt8(ascii: "\\")) { return String(name[..<backslash]) }
        return "NULL"
    }
}

extension [RuleCondition] {
    func allHold(_ context: inout RequestContext) throws(RowProblem) -> Bool {
        for condition in self where try !condition.holds(&context) { return false }
        return true
    }
}

/// One comparison of an attribute of the request, such as `NAS-Port-Type == Wireless-802.11`.
public struct AttributeComparison: Sendable {
    private let item: PolicyItem

    /// Operators that compare (radius-server check operators); `=` is read as `==`.
    public static let operators: [PolicyOperator] = [
        .equal, .notEqual, .lessOrEqual, .greaterOrEqual, .less, .greater, .matches, .matchesNot, .isPresent, .isAbsent,
    ]

    /// - Throws: ``RuleProblem`` about the attribute, the operator or the value.
    public init(_ attribute: String, _ op: PolicyOperator, _ value: String, dictionary: AttributeDictionary) throws(RuleProblem) {
        let op = op == .setIfAbsent ? .equal : op
        guard Self.operators.contains(op) else {
            throw RuleProblem("'\(op.rawValue)' compares nothing; use one of \(Self.operators.map(\.rawValue).joined(separator: " "))")
        }
        let row = PolicyRow(table: .ruleCheck, id: 0, attribute: attribute, op: op.rawValue, value: value)
        do {
            item = try PolicyItem(row, dictionary: dictionary) { _ in nil }
        } catch {
            throw RuleProblem(error.text)
        }
        guard item.definition != nil else { throw RuleProblem("'\(attribute)' holds passwords and cannot be compared") }
        if case .text(let pattern) = item.value, op == .matches || op == .matchesNot, (try? TextPattern("/\(pattern)/")) == nil {
            throw RuleProblem("'\(pattern)' is not a regular expression")
        }
    }

    /// Certificates and groups are known only later than the request's own attributes.
    var needsUser: Bool {
        guard let name = item.definition?.name else { return false }
        return name.hasPrefix("TLS-Client-Cert-") || name == "SQL-Group" || name == "LDAP-Group"
    }

    func holds(_ context: inout RequestContext) throws(RowProblem) -> Bool {
        let groups = context.groups
        return try CheckMatching.matches(item, groups: groups, in: &context)
    }
}

/// Why a rule cannot be used, for operators.
public struct RuleProblem: Error, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
