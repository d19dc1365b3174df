import Accounts
import Database
import Foundation
import OrganizationSettings
import Yams

/// An organization's YAML file of a WiFi login page (wifi-login-pages): what of it this program keeps.
public struct LoginPageFile {
    let name: String
    let slug: String
    /// The organization's UUID.
    let id: String?
    /// Its FreeRADIUS token, as the login page's documentation tells operators to put it there.
    let token: String?
    /// By name.
    let settings: [String: String]
    let notes: [String]

    /// - Throws: ``SourceError`` when it is no such file.
    public init(_ text: String, file: String) throws {
        guard let root = try Yams.load(yaml: text) as? [String: Any], let slug = root["slug"] as? String else {
            throw SourceError.wrongKind("\(file) is no organization of a login page: it has no slug")
        }
        self.slug = slug
        name = root["name"] as? String ?? slug
        let server = root["server"] as? [String: Any] ?? [:]
        id = (server["uuid"] as? String).flatMap { UUID(uuidString: $0) == nil ? nil : $0.lowercased() }
        token = server["secret_key"] as? String
        var settings: [String: String] = [:]
        var notes: [String] = []
        let components = (root["client"] as? [String: Any])?["components"] as? [String: Any] ?? [:]
        let form = (components["registration_form"] as? [String: Any])?["input_fields"] as? [String: Any] ?? [:]
        for field in ["first_name", "last_name", "birth_date", "location"] {
            if let choice = (form[field] as? [String: Any])?["setting"] as? String { settings[field] = choice }
        }
        let flags = root["settings"] as? [String: Any] ?? [:]
        if flags["mobile_phone_verification"] as? Bool == true {
            notes.append("verification by SMS needs a sender: set sms_sender and sms_verification of the organization")
        }
        if flags["subscriptions"] as? Bool == true { notes.append("subscriptions have no counterpart") }
        self.settings = settings
        self.notes = notes
    }
}

extension MigrationRun {
    /// Takes over the organization of a login page: it is made, or found by its UUID or slug.
    public func run(_ page: LoginPageFile) throws {
        let store = OrganizationStore(target)
        let settings = OrganizationSettingsStore(target, defaults: options.settings)
        for note in page.notes { self.note("login page", page.slug, note) }
        let known = try page.id.flatMap { try store.organization(id: $0) } ?? store.organization(slug: page.slug)
        if let known, known.slug != page.slug { note("login page", page.slug, "is the organization '\(known.slug)' here") }
        let place = known ?? Organization(id: page.id ?? RandomUUID.make(), name: page.name, slug: page.slug)
        if known == nil { try write { try addOrganization(place, token: page.token) } }
        count(.organizations, known == nil ? \.taken : \.present)
        if let token = page.token, known != nil, try settings.settings(of: place.id).token != token {
            if options.replaces {
                try write { try settings.setToken(token, of: place.id) }
            } else {
                note("login page", page.slug, "keeps the token that it has here, which is not the file's secret_key")
            }
        }
        let overrides = try settings.overrides(of: place.id)
        for (name, value) in page.settings.sorted(by: { $0.key < $1.key }) {
            if overrides[name] == value {
                count(.settings, \.present)
            } else if overrides[name] != nil, !options.replaces {
                count(.settings, \.kept)
                note("login page", page.slug, "keeps the '\(name)' that it has here")
            } else {
                do {
                    try write { try settings.set([name: value], of: place.id) }
                    count(.settings, \.taken)
                } catch let error as OrganizationSettingsError {
                    refuse(.settings, MigrationProblem(table: "login page", key: page.slug, reason: "\(error)"))
                }
            }
        }
    }
}
