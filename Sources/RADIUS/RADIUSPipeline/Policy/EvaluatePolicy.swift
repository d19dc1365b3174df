import RADIUSDictionary
import RADIUSWire

/// How the policy rows applied to a request.
public enum PolicyEvaluation: Sendable, Equatable {
    case notEvaluated
    /// No row, group or profile knows the user.
    case notFound
    /// Rows exist, but no set of check rows matched; the first row that failed.
    case mismatch(RowID)
    case matched
}

/// Applies the rows as rlm_sql does: the user's rows, then groups by priority, then the profile.
///
/// A user's rows fall through into the groups unless Fall-Through says No; a matching group stops the walk unless it says Yes.
/// What back ends say comes behind the profile.
public struct EvaluatePolicy: Stage {
    public let name = "Policy"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        guard let policy = context.policy ?? (context.external.isEmpty ? nil : UserPolicy()) else { return .next }
        guard let scope = OrganizationScope(policy, organizationID: context.organizationID) else {
            return .decided(.reject(.organizationAmbiguous))
        }
        context.organizationID = scope.organizationID
        var walk = PolicyWalk(policy: policy, scope: scope, isStrict: context.settings.strictPolicy)
        do {
            try walk.run(&context)
        } catch {
            return .decided(.reject(.policyMisconfigured))
        }
        context.evaluation = walk.evaluation
        context.groups = scope.covered(policy.groups).map(\.name)
        for external in context.external { context.groups += external.groups }
        return .next
    }
}

extension RequestContext {
    /// Evaluates what a back end says once the policy was evaluated already.
    /// - Returns: false when a row cannot be understood and the settings are strict.
    public mutating func evaluate(_ policy: ExternalPolicy) -> Bool {
        external.append(policy)
        groups += policy.groups
        guard let scope = OrganizationScope(UserPolicy(), organizationID: organizationID) else { return true }
        var walk = PolicyWalk(policy: UserPolicy(), scope: scope, isStrict: settings.strictPolicy)
        do {
            try walk.run(policy, &self)
        } catch {
            return false
        }
        if walk.evaluation == .matched { evaluation = .matched }
        return true
    }
}

/// The walk over one user's rows.
private struct PolicyWalk {
    private enum FallThrough { case unset, yes, no }

    /// Ends the walk in strict mode.
    private struct Misconfigured: Error {}

    let policy: UserPolicy
    let scope: OrganizationScope
    let isStrict: Bool
    private var found = false
    private var firstMismatch: RowID?
    private var fallThrough = FallThrough.unset

    init(policy: UserPolicy, scope: OrganizationScope, isStrict: Bool) {
        self.policy = policy
        self.scope = scope
        self.isStrict = isStrict
    }

    var evaluation: PolicyEvaluation {
        if found { return .matched }
        return firstMismatch.map { .mismatch($0) } ?? .notFound
    }

    mutating func run(_ context: inout RequestContext) throws {
        let groups = scope.covered(policy.groups)
        if let checks = try matching(policy.checks, groups: groups, &context) {
            found = true
            context.note("\(checks.map { "\($0.source)" }.joined(separator: ", ")) applies")
            assign(checks, to: &context)
            fallThrough = try reply(policy.replies, to: &context)
        }
        if fallThrough != .no { try walk(groups, &context) }
        if fallThrough != .no, let profile = profileName(context), let profileGroups = policy.profiles[profile] {
            context.note("profile \(profile)")
            try walk(scope.covered(profileGroups), &context)
        }
        for external in context.external { try run(external, &context) }
    }

    /// - Parameter external: says what it says whatever the database's rows do.
    mutating func run(_ external: ExternalPolicy, _ context: inout RequestContext) throws {
        guard !external.entries.isEmpty else { return }
        context.note("back end \(external.source)")
        try walk(external.entries, &context)
    }

    /// The rows when there are some and all match.
    private mutating func matching(_ rows: [PolicyRow], groups: [GroupPolicy], _ context: inout RequestContext) throws -> [PolicyItem]? {
        let items = try items(rows, &context)
        guard !items.isEmpty else { return nil }
        return try isMatch(items, groups: groups, &context) ? items : nil
    }

    private mutating func walk(_ groups: [GroupPolicy], _ context: inout RequestContext) throws {
        for group in groups {
            let checks = try items(group.checks, &context)
            guard try isMatch(checks, groups: groups, &context) else { continue }
            found = true
            context.note("\(group.name.isEmpty ? "entry" : "group \(group.name)") applies")
            assign(checks, to: &context)
            fallThrough = try reply(group.replies, to: &context)
            if fallThrough != .yes { return }
        }
    }

    private mutating func isMatch(_ items: [PolicyItem], groups: [GroupPolicy], _ context: inout RequestContext) throws -> Bool {
        do {
            guard let row = try CheckMatching.mismatch(items, groups: groups, in: &context) else { return true }
            context.note("\(row) does not match")
            if firstMismatch == nil { firstMismatch = row }
        } catch {
            context.note("check rows cannot be compared: \(error.text)")
            if let row = items.first?.source {
                context.environment.reporter.report(row, error.text)
                if firstMismatch == nil { firstMismatch = row }
            }
            if isStrict { throw Misconfigured() }
        }
        return false
    }

    /// Understands the rows of the scope; unusable ones are reported and skipped.
    private func items(_ rows: [PolicyRow], _ context: inout RequestContext) throws -> [PolicyItem] {
        var items: [PolicyItem] = []
        items.reserveCapacity(rows.count)
        for index in rows.indices where scope.covers(rows[index].organizationID) {
            if let known = rows[index].understood?.item {
                items.append(known)
            } else if let item = try understand(rows[index], &context) {
                items.append(item)
            }
        }
        return items
    }

    private func understand(_ row: PolicyRow, _ context: inout RequestContext) throws -> PolicyItem? {
        if let known = context.environment.groupRows.item(row) {
            row.understood?.keep(known, of: row)
            return known
        }
        do {
            let item = try PolicyItem(row, dictionary: context.dictionary) { PolicyExpansion.expand($0, in: &context) }
            if let understood = row.understood {
                understood.keep(item, of: row)
            } else {
                context.environment.groupRows.keep(item, of: row)
            }
            return item
        } catch {
            let id = RowID(table: row.table, id: row.id)
            context.note("\(id) skipped: \(error.text)")
            context.environment.reporter.report(id, error.text)
            if isStrict { throw Misconfigured() }
            return nil
        }
    }

    /// Moves matched check rows to the control list.
    private func assign(_ items: [PolicyItem], to context: inout RequestContext) {
        var edits: [AttributeMerge.Edit] = []
        var passwords: [(KnownPassword, PolicyOperator)] = []
        for item in items {
            switch item.value {
            case .password(let password):
                passwords.append((password, item.op))
            case .attribute(let attribute):
                edits.append(AttributeMerge.Edit(attribute: attribute, op: item.op, source: item.source))
            case .text:
                break
            }
        }
        // Only assignments enter the control list; a comparison with == must not remove what stands there.
        edits.removeAll { $0.op == .equal }
        if !edits.isEmpty { AttributeMerge.merge(edits, into: &context.control) }
        KnownPassword.merge(passwords, into: &context.passwords)
    }

    /// Merges reply rows; tells what they say about Fall-Through.
    private func reply(_ rows: [PolicyRow], to context: inout RequestContext) throws -> FallThrough {
        var fallThrough = FallThrough.unset
        var edits: [AttributeMerge.Edit] = []
        edits.reserveCapacity(rows.count)
        for item in try items(rows, &context) {
            switch item.value {
            case .attribute(let attribute):
                if attribute.definition == context.environment.known.fallThrough {
                    fallThrough = attribute.value == .unsigned(1) ? .yes : .no
                } else {
                    edits.append(AttributeMerge.Edit(attribute: attribute, op: item.op, source: item.source))
                }
            case .text:
                guard let definition = item.definition else { continue }
                edits.append(AttributeMerge.Edit(attribute: Attribute(definition, value: .raw([])), op: item.op, source: item.source))
            case .password:
                break
            }
        }
        if !edits.isEmpty { AttributeMerge.merge(edits, into: &context.reply) }
        return fallThrough
    }

    @inline(__always) private func profileName(_ context: RequestContext) -> String? {
        if case .bytes(let name)? = context.control(context.environment.known.userProfile) { return String(decoding: name, as: UTF8.self) }
        return context.settings.defaultProfile
    }
}
