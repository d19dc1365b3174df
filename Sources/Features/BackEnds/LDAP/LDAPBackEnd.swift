import Digests
import Foundation
public import RADIUSPipeline

/// A directory: users by a search, their passwords by a bind or by what the entry holds, their groups by attribute or search.
public final class LDAPBackEnd: BackEnd {
    public let name: String
    public var authTypes: Set<String> { ["ldap"] }
    public let looksUp = true
    public var verifies: Bool { settings.bindsAsUser }
    private let settings: LDAPSettings
    /// Connections that are bound as the account that searches.
    private let searchers: LDAPPool
    /// Connections that are bound as one user after the other.
    private let binders: LDAPPool

    /// Connects to nothing yet.
    public init(name: String, _ settings: LDAPSettings) {
        self.name = name
        self.settings = settings
        // libldap writes to connections that the directory may have closed, and would end the whole program by this signal.
        signal(SIGPIPE, SIG_IGN)
        searchers = LDAPPool { () throws(BackEndFailure) in
            let connection = try LDAPConnection(settings)
            guard let dn = settings.bindDN else { return connection }
            if case .refused = try connection.bind(dn, password: Array(settings.bindPassword.utf8)) {
                throw .misconfigured("LDAP: the directory refuses \(dn)")
            }
            return connection
        }
        binders = LDAPPool { () throws(BackEndFailure) in try LDAPConnection(settings) }
    }

    public func cacheKey(_ request: inout RequestContext) -> String? {
        request.expand(settings.userFilter, escape: LDAPFilter.escape).map { (readsPasswords(request) ? "p" : "") + $0 }
    }

    public func lookUp(_ request: inout RequestContext) throws(BackEndFailure) -> BackEndAnswer {
        guard let filter = request.expand(settings.userFilter, escape: LDAPFilter.escape) else {
            throw .misconfigured("LDAP: the user filter cannot be expanded")
        }
        let readsPasswords = readsPasswords(request)
        let wanted = wantedAttributes(readsPasswords: readsPasswords)
        return try searchers.use { connection throws(BackEndFailure) in
            let entries = try connection.search(
                base: settings.baseDN, scope: settings.scope, filter: filter, attributes: wanted, limit: 2)
            guard let entry = entries.first else { return .unknown }
            guard entries.count == 1 else { throw .misconfigured("LDAP: several entries match the user filter") }
            let groups = try groups(of: entry, connection, &request)
            let (checks, replies) = rows(of: entry, readsPasswords: readsPasswords)
            return .known(BackEndUser(checks: checks, replies: replies, groups: groups, key: entry.dn))
        }
    }

    public func verify(_ password: [UInt8], key: String?, _ request: inout RequestContext) throws(BackEndFailure) -> BackEndAnswer {
        guard let key, !key.isEmpty else { return .unknown }
        // A directory takes a name without a password for a wish to be anonymous, and agrees (RFC 4513 §5.1.2).
        guard !password.isEmpty else { return .refused(.passwordMismatch) }
        return try binders.use { connection throws(BackEndFailure) in
            switch try connection.bind(key, password: password) {
            case .success: .known(BackEndUser(key: key))
            case .refused(let diagnostic): .refused(Self.reason(diagnostic))
            }
        }
    }

    public func close() {
        searchers.close()
        binders.close()
    }

    /// Why Active Directory refuses a bind, which it tells by a number: `80090308: LdapErr: DSID-…, comment: …, data 533, v4563`.
    static func reason(_ diagnostic: String) -> RejectReason {
        guard let data = diagnostic.firstRange(of: "data ") else { return .passwordMismatch }
        return switch diagnostic[data.upperBound...].prefix(while: \.isHexDigit) {
        case "530": .loginTimeOutside
        case "532", "773": .passwordExpired
        case "533", "775": .accountInactive
        case "701": .accountExpired
        default: .passwordMismatch
        }
    }

    /// A bind needs a password in clear; for anything else the stored ones are read.
    private func readsPasswords(_ request: RequestContext) -> Bool {
        switch request.credential {
        case .pap: !settings.bindsAsUser
        case .proven, .established: false
        default: true
        }
    }

    private func wantedAttributes(readsPasswords: Bool) -> [String] {
        var names = Array(settings.attributes.keys) + settings.replyItems + settings.checkItems
        if !settings.memberAttribute.isEmpty { names.append(settings.memberAttribute) }
        if readsPasswords { names += settings.passwordAttributes.keys }
        // Without any, a directory would send all of them; 1.1 stands for none (RFC 4511 §4.5.1.8).
        return names.isEmpty ? ["1.1"] : names
    }

    private func rows(of entry: LDAPConnection.Entry, readsPasswords: Bool) -> (checks: [PolicyRow], replies: [PolicyRow]) {
        var checks: [PolicyRow] = []
        var replies: [PolicyRow] = []
        func append(_ attribute: String, _ op: String, _ value: String, isReply: Bool) {
            let table = isReply ? PolicyRow.Table.backEndReply : .backEndCheck
            let row = PolicyRow(table: table, id: Int64(checks.count + replies.count + 1), attribute: attribute, op: op, value: value)
            if isReply { replies.append(row) } else { checks.append(row) }
        }
        if readsPasswords {
            for (attribute, form) in settings.passwordAttributes.sorted(by: { $0.key < $1.key }) {
                for value in entry.texts(attribute) where StoredPassword.isUsable(value, as: form) {
                    append(form, "+=", value, isReply: false)
                }
            }
        }
        for (attribute, target) in settings.attributes.sorted(by: { $0.key < $1.key }) {
            for (index, value) in entry.texts(attribute).enumerated() {
                append(target.attribute, index == 0 ? ":=" : "+=", value, isReply: target.isReply)
            }
        }
        for (attributes, isReply) in [(settings.checkItems, false), (settings.replyItems, true)] {
            for item in attributes.flatMap(entry.texts).compactMap(Self.item) { append(item.name, item.op, item.value, isReply: isReply) }
        }
        return (checks, replies)
    }

    /// Reads `Name op value`.
    private static func item(_ text: String) -> (name: String, op: String, value: String)? {
        var name = text.prefix { $0.isLetter || $0.isNumber || "-_.:/".contains($0) }
        // A colon with a number behind it begins a tag, one without an operator.
        if name.hasSuffix(":") { name = name.dropLast() }
        let rest = text[name.endIndex...].drop { $0 == " " }
        let operators = PolicyOperator.allCases.map(\.rawValue).sorted { $0.count > $1.count }
        guard !name.isEmpty, let op = operators.first(where: rest.hasPrefix) else { return nil }
        return (String(name), op, String(rest.dropFirst(op.count).drop { $0 == " " }))
    }

    private func groups(
        of entry: LDAPConnection.Entry, _ connection: LDAPConnection, _ request: inout RequestContext
    ) throws(BackEndFailure) -> [String] {
        var names: [String] = []
        func append(_ dn: String) {
            if let name = LDAPFilter.firstValue(ofDN: dn) { names.append(name) }
            names.append(dn)
        }
        if !settings.memberAttribute.isEmpty { entry.texts(settings.memberAttribute).forEach(append) }
        let dn = LDAPFilter.escape(entry.dn)
        var filters: [String] = []
        if settings.searchesNestedGroups { filters.append("(member:1.2.840.113556.1.4.1941:=\(dn))") }
        if !settings.groupFilter.isEmpty {
            let template = settings.groupFilter.replacing("%{LDAP-UserDn}", with: dn.replacing("%", with: "%%"))
            guard let filter = request.expand(template, escape: LDAPFilter.escape) else {
                throw .misconfigured("LDAP: the group filter cannot be expanded")
            }
            filters.append(filter)
        }
        for filter in filters {
            let found = try connection.search(
                base: settings.groupBaseDN ?? settings.baseDN, scope: .sub, filter: filter, attributes: [settings.groupName], limit: 1000)
            for group in found { names += group.texts(settings.groupName) + [group.dn] }
        }
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}

extension StoredPassword {
    /// Whether a directory's value is a password that can be compared. A scheme that is not known, such as `{SASL}`, would make the value
    /// itself the password.
    fileprivate static func isUsable(_ value: String, as form: String) -> Bool {
        guard let stored = StoredPassword(attribute: form, value: value) else { return false }
        if form.lowercased() == "password-with-header", value.hasPrefix("{"), let clear = stored.cleartext {
            return !clear.elementsEqual(value.utf8)
        }
        return true
    }
}
