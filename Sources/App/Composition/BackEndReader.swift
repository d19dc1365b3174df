import BackEnds
import ServerKernel

/// Reads one record of `back_ends`. Each key that is read is declared by that; what is left over is unknown.
struct BackEndReader {
    private let location: String
    private var entries: [String: ConfigurationNode.Entry] = [:]
    private var known: Set<String> = []

    /// Whether the record is no mapping.
    private let isBroken: Bool

    init(_ node: ConfigurationNode, _ reader: inout ConfigurationReader) {
        location = node.location
        isBroken = node.entries == nil
        if isBroken { reader.report(node.location, "a back end must hold keys such as 'name' and 'type'") }
        for entry in node.entries ?? [] { entries[entry.key] = entry }
    }

    /// Keys of records of every kind.
    static var keys: [String] {
        var scratch = ConfigurationReader(yaml: "", file: "", environment: [:])
        var keys: Set<String> = []
        for type in ["ldap", "sasl", "http", "file"] {
            guard let node = try? ConfigurationNode(yaml: "type: \(type)", file: "") else { continue }
            var record = BackEndReader(node, &scratch)
            _ = record.read(&scratch)
            keys.formUnion(record.known)
        }
        return keys.sorted()
    }

    /// - Returns: nil when its kind is unknown.
    mutating func read(_ reader: inout ConfigurationReader) -> BackEndsConfiguration.Description? {
        guard !isBroken else { return nil }
        let name = text("name", default: "", &reader)
        if name.isEmpty { reader.report(location, "a back end needs a 'name'") }
        let settings = guarded(&reader)
        let kind: BackEndsConfiguration.Description.Kind
        switch text("type", default: "", &reader) {
        case "ldap": kind = .ldap(ldap(timeout: settings.timeoutSeconds, &reader))
        case "sasl": kind = .sasl(sasl(&reader))
        case "http": kind = .http(http(timeout: settings.timeoutSeconds, &reader))
        case "file": kind = .file(path: required("path", "the users file", &reader))
        case let other:
            reader.report(entries["type"]?.location ?? location, "'type' is '\(other)'; it must be ldap, sasl, http or file")
            return nil
        }
        for (key, entry) in entries.sorted(by: { $0.value.location < $1.value.location }) where !known.contains(key) {
            reader.report(entry.location, "unknown key 'back_ends.\(key)'\(ConfigurationReader.suggestion(for: key, among: Array(known)))")
        }
        return BackEndsConfiguration.Description(name: name, location: location, kind: kind, settings: settings)
    }

    private mutating func guarded(_ reader: inout ConfigurationReader) -> BackEndSettings {
        var settings = BackEndSettings()
        settings.scope = choice("users", default: settings.scope, &reader)
        settings.failure = choice("on_failure", default: settings.failure, &reader)
        settings.timeoutSeconds = number("timeout", default: settings.timeoutSeconds, in: 0.1...60, &reader)
        settings.cacheSeconds = Int(number("cache", default: Double(settings.cacheSeconds), in: 0...86_400, &reader))
        settings.threads = Int(number("threads", default: Double(settings.threads), in: 1...256, &reader))
        settings.queue = Int(number("queue", default: Double(settings.queue), in: 1...100_000, &reader))
        settings.breakerFailures = Int(number("breaker_failures", default: Double(settings.breakerFailures), in: 1...1000, &reader))
        settings.breakerSeconds = number("breaker_pause", default: settings.breakerSeconds, in: 0.1...3600, &reader)
        return settings
    }

    private mutating func ldap(timeout: Double, _ reader: inout ConfigurationReader) -> LDAPSettings {
        let urls = list("url", default: [], &reader)
        if urls.isEmpty { reader.report(location, "an LDAP back end needs 'url', such as ldaps://directory.example.org") }
        for url in urls where !["ldap://", "ldaps://", "ldapi://"].contains(where: url.hasPrefix) {
            reader.report(entries["url"]?.location ?? location, "'\(url)' is no LDAP URL")
        }
        var settings = LDAPSettings(urls: urls, baseDN: required("base_dn", "where users are searched", &reader))
        settings.timeoutSeconds = timeout
        settings.startsTLS = flag("start_tls", default: false, &reader)
        settings.certificateAuthorityFile = optional("ca_file", &reader)
        settings.verifiesCertificate = flag("verify_certificate", default: true, &reader)
        settings.bindDN = optional("bind_dn", &reader)
        settings.bindPassword = secret("bind_password", &reader)
        settings.scope = choice("scope", default: settings.scope, &reader)
        settings.userFilter = text("user_filter", default: settings.userFilter, &reader)
        settings.bindsAsUser = flag("bind_as_user", default: true, &reader)
        settings.passwordAttributes = map("password_attributes", default: settings.passwordAttributes, &reader)
        settings.attributes = map("attributes", default: [:], &reader).mapValues { LDAPTarget($0) }
        settings.replyItems = list("reply_items", default: settings.replyItems, &reader)
        settings.checkItems = list("check_items", default: settings.checkItems, &reader)
        settings.memberAttribute = text("member_attribute", default: settings.memberAttribute, &reader)
        settings.groupFilter = text("group_filter", default: "", &reader)
        settings.groupBaseDN = optional("group_base_dn", &reader)
        settings.groupName = text("group_name", default: settings.groupName, &reader)
        settings.searchesNestedGroups = flag("nested_groups", default: false, &reader)
        return settings
    }

    private mutating func sasl(_ reader: inout ConfigurationReader) -> SASLSettings {
        var settings = SASLSettings()
        settings.passwordCheck = text("password_check", default: settings.passwordCheck, &reader)
        settings.socketPath = optional("socket", &reader)
        settings.service = text("service", default: settings.service, &reader)
        settings.realm = optional("realm", &reader)
        return settings
    }

    private mutating func http(timeout: Double, _ reader: inout ConfigurationReader) -> HTTPSettings {
        var settings = HTTPSettings()
        settings.timeoutSeconds = timeout
        settings.authorize = question("authorize", &reader)
        settings.authenticate = question("authenticate", &reader)
        if settings.authorize == nil, settings.authenticate == nil {
            reader.report(location, "an HTTP back end needs 'authorize_url', 'authenticate_url' or both")
        }
        settings.userName = optional("user_name", &reader)
        settings.password = secret("password", &reader)
        settings.headers = map("headers", default: [:], &reader)
        return settings
    }

    private mutating func question(_ prefix: String, _ reader: inout ConfigurationReader) -> HTTPSettings.Question? {
        let url = optional("\(prefix)_url", &reader)
        var question = HTTPSettings.Question(url: url ?? "")
        question.method = choice("\(prefix)_method", default: question.method, &reader)
        question.body = choice("\(prefix)_body", default: question.body, &reader)
        question.data = optional("\(prefix)_data", &reader)
        guard let url else { return nil }
        if !url.hasPrefix("http://"), !url.hasPrefix("https://") {
            reader.report(entries["\(prefix)_url"]?.location ?? location, "'\(prefix)_url' must begin with http:// or https://")
        }
        return question
    }

    // MARK: Values

    private mutating func entry(_ key: String) -> ConfigurationNode.Entry? {
        known.insert(key)
        guard let entry = entries[key] else { return nil }
        if case .empty = entry.value.content { return nil }
        return entry
    }

    private mutating func text(_ key: String, default value: String, _ reader: inout ConfigurationReader) -> String {
        guard let entry = entry(key) else { return value }
        guard let text = entry.value.scalar else {
            reader.report(entry.location, "'back_ends.\(key)' must be a single value")
            return value
        }
        return text
    }

    private mutating func optional(_ key: String, _ reader: inout ConfigurationReader) -> String? {
        let text = text(key, default: "", &reader)
        return text.isEmpty ? nil : text
    }

    private mutating func required(_ key: String, _ what: String, _ reader: inout ConfigurationReader) -> String {
        let text = text(key, default: "", &reader)
        if text.isEmpty { reader.report(location, "the back end needs '\(key)': \(what)") }
        return text
    }

    private mutating func secret(_ key: String, _ reader: inout ConfigurationReader) -> String {
        guard let entry = entry(key) else { return "" }
        return reader.resolveSecret(text(key, default: "", &reader), location: entry.location)
    }

    private mutating func flag(_ key: String, default value: Bool, _ reader: inout ConfigurationReader) -> Bool {
        guard let entry = entry(key) else { return value }
        guard let flag = entry.value.scalar.flatMap(ConfigurationReader.flag) else {
            reader.report(entry.location, "'back_ends.\(key)' must be yes or no")
            return value
        }
        return flag
    }

    private mutating func number(
        _ key: String, default value: Double, in range: ClosedRange<Double>, _ reader: inout ConfigurationReader
    ) -> Double {
        guard let entry = entry(key) else { return value }
        guard let number = entry.value.scalar.flatMap({ Double($0) }), range.contains(number) else {
            reader.report(entry.location, "'back_ends.\(key)' must be a number from \(range.lowerBound) to \(range.upperBound)")
            return value
        }
        return number
    }

    private mutating func choice<T: RawRepresentable & CaseIterable>(
        _ key: String, default value: T, _ reader: inout ConfigurationReader
    ) -> T where T.RawValue == String {
        guard let entry = entry(key) else { return value }
        guard let choice = entry.value.scalar.flatMap({ T(rawValue: $0.lowercased()) }) else {
            let names = T.allCases.map(\.rawValue).joined(separator: ", ")
            reader.report(entry.location, "'back_ends.\(key)' must be one of \(names)")
            return value
        }
        return choice
    }

    private mutating func list(_ key: String, default value: [String], _ reader: inout ConfigurationReader) -> [String] {
        guard let entry = entry(key) else { return value }
        guard let list = entry.value.scalars else {
            reader.report(entry.location, "'back_ends.\(key)' must be a list of single values")
            return value
        }
        return list
    }

    private mutating func map(_ key: String, default value: [String: String], _ reader: inout ConfigurationReader) -> [String: String] {
        guard let entry = entry(key) else { return value }
        guard let entries = entry.value.entries, entries.allSatisfy({ $0.value.scalar != nil }) else {
            reader.report(entry.location, "'back_ends.\(key)' must hold names with a single value each")
            return value
        }
        return Dictionary(entries.map { ($0.key, $0.value.scalar ?? "") }) { first, _ in first }
    }
}
