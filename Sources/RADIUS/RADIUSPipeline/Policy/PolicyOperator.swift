/// Operator of a policy row, spelled as FreeRADIUS's tables spell it.
public enum PolicyOperator: String, Sendable, Hashable, CaseIterable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case matches = "=~"
    case matchesNot = "!~"
    case isPresent = "=*"
    case isAbsent = "!*"
    /// Replaces the first instance.
    case set = ":="
    /// Adds when absent.
    case setIfAbsent = "="
    case append = "+="
    case prepend = "^="
    case subtract = "-="

    /// Whether the operator may stand in radreply and radgroupreply.
    var isMerge: Bool {
        switch self {
        case .notEqual, .less, .greater, .matches, .matchesNot, .isPresent: false
        default: true
        }
    }

    /// Whether a check row with it matches whatever the request holds.
    var isAssignment: Bool {
        switch self {
        case .set, .append, .prepend, .subtract: true
        default: false
        }
    }
}
