/// Where a directory is and what is read of it.
public struct LDAPSettings: Sendable {
    public enum Scope: String, Sendable, CaseIterable {
        case base, one, sub
    }

    /// `ldap://host:389`, `ldaps://host:636`, `ldapi://…`; several are tried in order.
    public var urls: [String]
    /// Whether an `ldap://` connection is encrypted before anything is sent.
    public var startsTLS = false
    /// File of the certificates that sign the directory's; nil for the system's.
    public var certificateAuthorityFile: String?
    /// Checks the directory's certificate and name.
    public var verifiesCertificate = true
    /// The account that searches; nil searches anonymously.
    public var bindDN: String?
    public var bindPassword = ""
    /// Seconds for a connection and for each operation.
    public var timeoutSeconds = 3.0

    /// Where users are searched.
    public var baseDN: String
    public var scope = Scope.sub
    /// Finds one user; values put into it are escaped (RFC 4515 §3).
    public var userFilter = "(uid=%{SQL-User-Name})"
    /// Whether a password in clear is checked by binding as the user. Otherwise stored passwords are read and compared.
    public var bindsAsUser = true
    /// Attributes of the entry that hold passwords, and the check attribute of their form. Read where ``bindsAsUser`` cannot serve.
    public var passwordAttributes = [
        "userPassword": "Password-With-Header", "sambaNTPassword": "NT-Password", "ntPassword": "NT-Password",
        "sambaLMPassword": "LM-Password", "radiusCleartextPassword": "Cleartext-Password",
    ]
    /// Attributes of the entry and the attribute of the reply or control list that their values become.
    public var attributes: [String: LDAPTarget] = [:]
    /// Attributes of the entry with items `Name op value` for the reply.
    public var replyItems = ["radiusReplyItem", "radiusReplyAttribute"]
    /// The same for check and control items.
    public var checkItems = ["radiusCheckItem", "radiusControlAttribute"]

    /// Attribute of the user's entry that names groups; empty for none.
    public var memberAttribute = "memberOf"
    /// Finds groups; `%{LDAP-UserDn}` is the user's distinguished name. Empty for no search.
    public var groupFilter = ""
    /// Where groups are searched; nil for ``baseDN``.
    public var groupBaseDN: String?
    /// Attribute of a group's entry that is its name.
    public var groupName = "cn"
    /// Asks Active Directory for groups of groups too (the rule 1.2.840.113556.1.4.1941).
    public var searchesNestedGroups = false

    /// - Parameters:
    ///   - urls: at least one.
    ///   - baseDN: where users are searched.
    public init(urls: [String], baseDN: String) {
        self.urls = urls
        self.baseDN = baseDN
    }
}

/// What an attribute of a directory becomes.
public struct LDAPTarget: Sendable, Equatable {
    /// The RADIUS attribute's name, with an optional tag.
    public var attribute: String
    /// False for the control list.
    public var isReply: Bool

    /// Reads `Name`, `reply:Name` or `control:Name`.
    public init(_ text: String) {
        let isControl = text.hasPrefix("control:")
        isReply = !isControl
        attribute = isControl ? String(text.dropFirst(8)) : text.hasPrefix("reply:") ? String(text.dropFirst(6)) : text
    }
}
