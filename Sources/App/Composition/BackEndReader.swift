import BackEnds
import ServerKernel

/// Reads one record of `back_ends`. Each key that is read is declared by that; what is left over is unknown.
struct BackEndReader {
    private var record: ConfigurationRecord

    init(_ node: ConfigurationNode, _ reader: inout ConfigurationReader) {
        record = ConfigurationRecord(node, section: "back_ends", what: "a back end", &reader)
    }

    /// Keys of records of every kind.
    static var keys: [String] {
        var scratch = ConfigurationReader(yaml: "", file: "", environment: [:])
        var keys: Set<String> = []
        for type in ["ldap", "sasl", "http", "file"] {
            guard let node = try? ConfigurationNode(yaml: "type: \(type)", file: "") else { continue }
            var record = BackEndReader(node, &scratch)
            _ = record.read(&scratch)
            keys.formUnion(record.record.known)
        }
        return keys.sorted()
    }

    /// - Returns: nil when its kind is unknown.
    mutating func read(_ reader: inout ConfigurationReader) -> BackEndsConfiguration.Description? {
        guard !record.isBroken else { return nil }
        let name = record.text("name", default: "", &reader)
        if name.isEmpty { reader.report(record.location, "a back end needs a 'name'") }
        let settings = guarded(&reader)
        let kind: BackEndsConfiguration.Description.Kind
        switch record.text("type", default: "", &reader) {
        case "ldap": kind = .ldap(ldap(timeout: settings.timeoutSeconds, &reader))
        case "sasl": kind = .sasl(sasl(&reader))
        case "http": kind = .http(http(timeout: settings.timeoutSeconds, &reader))
        case "file": kind = .file(path: record.required("path", "the users file", &reader))
        case let other:
            reader.report(record.location(of: "type"), "'type' is '\(other)'; it must be ldap, sasl, http or file")
            return nil
        }
        record.finish(&reader)
        return BackEndsConfiguration.Description(name: name, location: record.location, kind: kind, settings: settings)
    }

    private mutating func guarded(_ reader: inout ConfigurationReader) -> BackEndSettings {
        var settings = BackEndSettings()
        settings.scope = record.choice("users", default: settings.scope, &reader)
        settings.failure = record.choice("on_failure", default: settings.failure, &reader)
        settings.timeoutSeconds = record.number("timeout", default: settings.timeoutSeconds, in: 0.1...60, &reader)
        settings.cacheSeconds = Int(record.number("cache", default: Double(settings.cacheSeconds), in: 0...86_400, &reader))
        settings.threads = Int(record.number("threads", default: Double(settings.threads), in: 1...256, &reader))
        settings.queue = Int(record.number("queue", default: Double(settings.queue), in: 1...100_000, &reader))
        settings.breakerFailures = Int(record.number("breaker_failures", default: Double(settings.breakerFailures), in: 1...1000, &reader))
        settings.breakerSeconds = record.number("breaker_pause", default: settings.breakerSeconds, in: 0.1...3600, &reader)
        return settings
    }

    private mutating func ldap(timeout: Double, _ reader: inout ConfigurationReader) -> LDAPSettings {
        let urls = record.list("url", default: [], &reader)
        if urls.isEmpty { reader.report(record.location, "an LDAP back end needs 'url', such as ldaps://directory.example.org") }
        for url in urls where !["ldap://", "ldaps://", "ldapi://"].contains(where: url.hasPrefix) {
            reader.report(record.location(of: "url"), "'\(url)' is no LDAP URL")
        }
        var settings = LDAPSettings(urls: urls, baseDN: record.required("base_dn", "where users are searched", &reader))
        settings.timeoutSeconds = timeout
        settings.startsTLS = record.flag("start_tls", default: false, &reader)
        settings.certificateAuthorityFile = record.optional("ca_file", &reader)
        settings.verifiesCertificate = record.flag("verify_certificate", default: true, &reader)
        settings.bindDN = record.optional("bind_dn", &reader)
        settings.bindPassword = record.secret("bind_password", &reader)
        settings.scope = record.choice("scope", default: settings.scope, &reader)
        settings.userFilter = record.text("user_filter", default: settings.userFilter, &reader)
        settings.bindsAsUser = record.flag("bind_as_user", default: true, &reader)
        settings.passwordAttributes = record.map("password_attributes", default: settings.passwordAttributes, &reader)
        settings.attributes = record.map("attributes", default: [:], &reader).mapValues { LDAPTarget($0) }
        settings.replyItems = record.list("reply_items", default: settings.replyItems, &reader)
        settings.checkItems = record.list("check_items", default: settings.checkItems, &reader)
        settings.memberAttribute = record.text("member_attribute", default: settings.memberAttribute, &reader)
        settings.groupFilter = record.text("group_filter", default: "", &reader)
        settings.groupBaseDN = record.optional("group_base_dn", &reader)
        settings.groupName = record.text("group_name", default: settings.groupName, &reader)
        settings.searchesNestedGroups = record.flag("nested_groups", default: false, &reader)
        return settings
    }

    private mutating func sasl(_ reader: inout ConfigurationReader) -> SASLSettings {
        var settings = SASLSettings()
        settings.passwordCheck = record.text("password_check", default: settings.passwordCheck, &reader)
        settings.socketPath = record.optional("socket", &reader)
        settings.service = record.text("service", default: settings.service, &reader)
        settings.realm = record.optional("realm", &reader)
        return settings
    }

    private mutating func http(timeout: Double, _ reader: inout ConfigurationReader) -> HTTPSettings {
        var settings = HTTPSettings()
        settings.timeoutSeconds = timeout
        settings.authorize = question("authorize", &reader)
        settings.authenticate = question("authenticate", &reader)
        if settings.authorize == nil, settings.authenticate == nil {
            reader.report(record.location, "an HTTP back end needs 'authorize_url', 'authenticate_url' or both")
        }
        settings.userName = record.optional("user_name", &reader)
        settings.password = record.secret("password", &reader)
        settings.headers = record.map("headers", default: [:], &reader)
        return settings
    }

    private mutating func question(_ prefix: String, _ reader: inout ConfigurationReader) -> HTTPSettings.Question? {
        let url = record.optional("\(prefix)_url", &reader)
        var question = HTTPSettings.Question(url: url ?? "")
        question.method = record.choice("\(prefix)_method", default: question.method, &reader)
        question.body = record.choice("\(prefix)_body", default: question.body, &reader)
        question.data = record.optional("\(prefix)_data", &reader)
        guard let url else { return nil }
        if !url.hasPrefix("http://"), !url.hasPrefix("https://") {
            reader.report(record.location(of: "\(prefix)_url"), "'\(prefix)_url' must begin with http:// or https://")
        }
        return question
    }
}
