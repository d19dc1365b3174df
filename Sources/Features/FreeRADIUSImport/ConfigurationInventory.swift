import FreeRADIUSFiles

/// Looks through a whole FreeRADIUS configuration for what has no counterpart here, or another one.
struct ConfigurationInventory {
    private(set) var notes: [FreeRADIUSImportReport.Note] = []

    init(_ root: ConfigurationSection) {
        for section in root.sections("modules") {
            for module in section.sections { look(atModule: module) }
        }
        for server in root.sections("server") {
            for section in server.sections where Self.processing.contains(section.name) { look(atProcessing: section) }
        }
        for section in root.sections where Self.processing.contains(section.name) { look(atProcessing: section) }
    }

    /// Sections of statements.
    private static let processing: Set<String> = [
        "authorize", "authenticate", "preacct", "accounting", "session", "post-auth", "pre-proxy", "post-proxy", "send-coa", "recv-coa",
    ]
    private static let keywords: Set<String> = [
        "if", "elsif", "else", "switch", "case", "update", "foreach", "redundant", "load-balance", "redundant-load-balance", "parallel",
        "group", "policy", "map",
    ]
    /// Sections in which statements are for one type of request.
    private static let types: Set<String> = ["Auth-Type", "Autz-Type", "Acct-Type", "Post-Auth-Type", "Post-Proxy-Type", "Session-Type"]
    /// Modules whose work this server does by itself.
    private static let ours: Set<String> = [
        "pap", "chap", "mschap", "eap", "files", "sql", "preprocess", "suffix", "ntdomain", "realmpercent", "IPASS", "expiration",
        "logintime", "acct_unique", "detail", "detail.log", "auth_log", "reply_log", "pre_proxy_log", "post_proxy_log", "unix", "radutmp",
        "sradutmp", "exec", "attr_filter", "ok", "noop", "return", "handled", "reject", "fail", "filter_username", "sqlippool",
        "sqlcounter",
        "dailycounter", "monthlycounter", "noresetcounter", "expire_on_login", "main_pool", "cui", "linelog", "log_accounting",
        "remove_reply_message_if_eap", "accounting", "digest_ha1", "update", "split_username_nai", "filter_password", "expr", "always",
        "attr_filter.access_reject", "attr_filter.accounting_response", "attr_filter.post-proxy", "attr_filter.pre-proxy",
        "attr_filter.access_challenge", "operator-name", "insert_acct_class", "echo", "utf8", "unpack", "soh", "passwd", "dynamic_clients",
        "replicate", "ntlm_auth", "date", "mac2ip", "mac2vlan",
    ]
    /// What to do instead of a module.
    private static let advice: [String: String] = [
        "ldap": "set up a back end of type ldap in 'back_ends'",
        "rest": "set up a back end of type http in 'back_ends'; it speaks rlm_rest's conventions",
        "krb5": "set up a back end of type sasl in 'back_ends'; Cyrus SASL asks Kerberos",
        "pam": "set up a back end of type sasl in 'back_ends'; saslauthd asks PAM",
        "winbind": "set up a back end of type ldap in 'back_ends' (Active Directory)",
        "ntlm_auth": "set up a back end of type ldap in 'back_ends' (Active Directory)",
        "totp": "set up one-time passwords in 'back_ends'",
        "perl": "its program has no counterpart: write rules",
        "python": "its program has no counterpart: write rules",
        "python3": "its program has no counterpart: write rules",
        "lua": "its program has no counterpart: write rules",
        "ruby": "its program has no counterpart: write rules",
        "yubikey": "it has no counterpart",
        "securid": "it has no counterpart",
        "redis": "it has no counterpart",
        "digest": "HTTP Digest is not served",
        "dpsk": "it has no counterpart",
        "smsotp": "it has no counterpart",
        "couchbase": "it has no counterpart",
        "yubico": "it has no counterpart",
    ]

    private mutating func look(atModule module: ConfigurationSection) {
        switch module.name {
        case "sql":
            note(module.position, "module sql: set 'database.url' to the same database; its tables are read as they are")
        case "sqlcounter":
            let name = module.value("check_name") ?? module.value("check-name") ?? module.instance ?? ""
            note(module.position, "module sqlcounter: limits such as \(name) are built in; compare their names with the documentation")
        case "sqlippool":
            note(module.position, "module sqlippool: its table is read as it is; name its pools in 'address_pools'")
        case "eap":
            for tls in module.sections("tls-config") + module.sections("tls") {
                if let pair = tls.pairs.first(where: { $0.name == "certificate_file" }) {
                    note(pair.position, "EAP's certificate is \(pair.value): set 'eap.certificate', 'eap.private_key' and 'eap.ca'")
                }
            }
        default:
            if let advice = Self.advice[module.name], module.name != "ntlm_auth", module.name != "digest" {
                note(module.position, "module \(module.name): \(advice)")
            }
        }
    }

    private mutating func look(atProcessing section: ConfigurationSection) {
        for statement in section.statements { look(at: statement.text, statement.position) }
        for child in section.sections {
            if Self.keywords.contains(child.name) {
                let head = [child.name, child.instance].compactMap(\.self).joined(separator: " ")
                note(child.position, "the unlang '\(head) …' in '\(section.name)' is not taken over: write a rule")
            } else if Self.types.contains(child.name) {
                look(atProcessing: child)
            } else {
                look(at: child.name, child.position)
            }
        }
    }

    /// A module that is called, with or without a leading `-` and `.authorize` behind it.
    private mutating func look(at statement: String, _ position: ConfigurationSection.Position) {
        let words = statement.split(separator: " ")
        guard var name = words.first.map(String.init) else { return }
        if name.hasPrefix("-") { name.removeFirst() }
        let module = name.split(separator: ".").first.map(String.init) ?? name
        if words.count > 1 { return note(position, "the unlang '\(statement)' is not taken over: write a rule") }
        if let advice = Self.advice[module] { return note(position, "\(name): \(advice)") }
        if !Self.ours.contains(name), !Self.ours.contains(module) {
            note(position, "'\(name)' is not known here; see whether it is needed")
        }
    }

    private mutating func note(_ position: ConfigurationSection.Position, _ text: String) { notes.append(.init(position, text)) }
}
