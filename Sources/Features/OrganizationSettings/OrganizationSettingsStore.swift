public import Database
import Foundation

/// Why a setting is not taken.
public enum OrganizationSettingsError: Error, Equatable, CustomStringConvertible {
    case unknown(String)
    case invalid(name: String, value: String, expected: String)
    case senderMissing
    case hostsMissing

    public var description: String {
        switch self {
        case .unknown(let name): "there is no setting '\(name)'; 'radian organization settings' shows them"
        case .invalid(let name, let value, let expected): "\(name) cannot be '\(value)'; it is \(expected)"
        case .senderMissing: "sms_verification needs an sms_sender"
        case .hostsMissing: "freeradius_allowed_hosts cannot be empty while the configuration has none either"
        }
    }

    /// The setting that is wrong.
    public var name: String {
        switch self {
        case .unknown(let name), .invalid(let name, _, _): name
        case .senderMissing: "sms_sender"
        case .hostsMissing: "freeradius_allowed_hosts"
        }
    }
}

/// SQL about what organizations chose for themselves, table `radian_organization_setting`: one row a choice.
public struct OrganizationSettingsStore {
    private let connection: any DatabaseConnection
    private let defaults: OrganizationSettings

    /// - Parameter defaults: the configuration's values.
    public init(_ connection: any DatabaseConnection, defaults: OrganizationSettings) {
        self.connection = connection
        self.defaults = defaults
    }

    private static let everything = Statement("SELECT organization_id, name, value FROM radian_organization_setting")
    private static let ofOne = Statement("SELECT organization_id, name, value FROM radian_organization_setting WHERE organization_id = $1")
    private static let upsert = Statement(
        """
        INSERT INTO radian_organization_setting (organization_id, name, value) VALUES ($1, $2, $3)
        ON CONFLICT (organization_id, name) DO UPDATE SET value = excluded.value
        """)
    private static let insert = Statement(
        """
        INSERT INTO radian_organization_setting (organization_id, name, value) VALUES ($1, $2, $3)
        ON CONFLICT (organization_id, name) DO NOTHING
        """)
    private static let remove = Statement("DELETE FROM radian_organization_setting WHERE organization_id = $1 AND name = $2")
    private static let token = "token"

    /// What each organization chose, by its id and the setting's name.
    func choices(of organizationID: String? = nil) throws(DatabaseError) -> [String: [String: String]] {
        var all: [String: [String: String]] = [:]
        try connection.query(organizationID == nil ? Self.everything : Self.ofOne, organizationID.map { [.text($0)] } ?? []) { row in
            all[row.text(0), default: [:]][row.text(1)] = row.text(2)
        }
        return all
    }

    /// The effective settings of an organization. Choices that a later program no longer understands are left out.
    public func settings(of organizationID: String) throws(DatabaseError) -> OrganizationSettings {
        effective(try choices(of: organizationID)[organizationID] ?? [:])
    }

    func effective(_ choices: [String: String]) -> OrganizationSettings {
        var settings = defaults
        for setting in OrganizationSetting.all {
            if let text = choices[setting.name] { _ = setting.apply(text, &settings) }
        }
        settings.token = choices[Self.token] ?? ""
        return settings
    }

    /// What an organization chose itself, by name.
    public func overrides(of organizationID: String) throws(DatabaseError) -> [String: String] {
        var choices = try choices(of: organizationID)[organizationID] ?? [:]
        choices[Self.token] = nil
        return choices
    }

    /// Makes the organization's token where it has none; call it in the transaction that adds the organization.
    public func prepare(_ organizationID: String) throws(DatabaseError) {
        try connection.execute(Self.insert, [.text(organizationID), .text(Self.token), .text(Self.randomToken())])
    }

    /// Replaces the token, so that the old one is refused from the next refresh on, at once on this server.
    public func renewToken(_ organizationID: String) throws(DatabaseError) -> String {
        let token = Self.randomToken()
        try connection.execute(Self.upsert, [.text(organizationID), .text(Self.token), .text(token)])
        return token
    }

    /// Takes over a token that another system knows.
    public func setToken(_ token: String, of organizationID: String) throws(DatabaseError) {
        try connection.execute(Self.upsert, [.text(organizationID), .text(Self.token), .text(token)])
    }

    /// Changes settings; nil, and a value equal to the configuration's, go back to inheriting.
    /// - Throws: ``OrganizationSettingsError``, before anything is written, or the database's error.
    public func set(_ changes: [String: String?], of organizationID: String) throws {
        var choices = try overrides(of: organizationID)
        for (name, value) in changes {
            guard let setting = OrganizationSetting.named(name) else { throw OrganizationSettingsError.unknown(name) }
            guard let value, !value.isEmpty else {
                choices[name] = nil
                continue
            }
            var trial = defaults
            guard setting.apply(value, &trial) else {
                throw OrganizationSettingsError.invalid(name: name, value: value, expected: setting.expected)
            }
            choices[name] = setting.text(trial) == setting.text(defaults) ? nil : setting.text(trial)
        }
        let settings = effective(choices)
        if settings.smsVerification, settings.smsSender == nil { throw OrganizationSettingsError.senderMissing }
        for name in changes.keys {
            if let value = choices[name] {
                try connection.execute(Self.upsert, [.text(organizationID), .text(name), .text(value)])
            } else {
                try connection.execute(Self.remove, [.text(organizationID), .text(name)])
            }
        }
    }

    /// 32 letters and digits, 190 bits.
    private static func randomToken() -> String {
        let characters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        var generator = SystemRandomNumberGenerator()
        return String((0..<32).map { _ in characters[Int.random(in: characters.indices, using: &generator)] })
    }
}
