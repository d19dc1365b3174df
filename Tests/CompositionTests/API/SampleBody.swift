import Accounts
import Foundation
import Testing
import WebRouting

/// Bodies that a route takes, made from its form.
struct SampleBody {
    /// Whose objects the body names.
    let tenant: Tenant
    /// Makes names that nobody has yet.
    let number: Int

    /// A good value for every field of the form, files left out.
    func members(_ route: Route) throws -> [JSONValue.Member] {
        try (route.form?.fields ?? []).filter { $0.kind != .file }.map { field in
            .init(field.name, try #require(value(of: field, in: route.path), "what does \(route.signature) take as \(field.name)?"))
        }
    }

    private func value(of field: Field, in path: String) -> JSONValue? {
        if let named = byName(field.name, in: path) { return named }
        switch field.kind {
        case .text: return .string("new-\(number)")
        case .password: return .string(TwoTenants.password)
        case .email: return .string("new-\(number)@example.org")
        case .phone: return .string("+39366425\(5000 + number % 5000)")
        case .url: return "https://example.org/"
        case .uuid: return .string(UUID().uuidString.lowercased())
        case .integer, .number: return .integer(max(1, field.minimum ?? 1))
        case .boolean: return true
        case .date: return "2031-01-31"
        case .dateTime: return "2026-01-31T10:00:00Z"
        case .ipAddress: return "192.0.2.1"
        case .choice(let choices): return .string(choices.last ?? "")
        case .json, .file: return nil
        }
    }

    /// Fields that name somebody or something.
    private func byName(_ name: String, in path: String) -> JSONValue? {
        switch name {
        case "organization": .string(tenant.organization.id)
        case "organization_slug": .string(tenant.organization.slug)
        case "group": .string(tenant.groupID)
        case "user": .string(tenant.member.user.id)
        case "uid": .string(tenant.member.user.id)
        case "input": .string(tenant.member.user.username)
        case "organization_users": [["organization": .string(tenant.organization.id), "is_admin": true]]
        case "owner": ["organization_user": .string(tenant.membershipID)]
        case "groups", "permissions", "user_permissions": []
        case "birth_date" where !path.hasSuffix("/settings/"): "1990-01-31"
        case "name" where path.contains("/nas/"): .string("203.0.113.\(number % 250 + 1)")
        case "method": "email"
        case "strategy" where path.contains("/network-topology/"): "receive"
        case "topology": .string(tenant.topology.id)
        case "source": .string(tenant.topology.node)
        case "target": .string(tenant.topology.otherNode)
        case "addresses": [.string("10.0.\(number / 250).\(number % 250)")]
        case "properties", "user_properties": [:]
        case "key": "another-key"
        case "url" where path.contains("/network-topology/"): "https://example.org/graph.json"
        case "strategy": "prefix"
        case "attributes": ["Session-Timeout = 600"]
        // A device of nobody's, an unheard plan: what they would be used for has tests of its own.
        case "nas", "plan": .string("")
        case "dry_run", "skip_errors": false
        case "prefix": .string("new\(number)-")
        case "status_type": "Interim-Update"
        case "unique_id", "session_id": path.hasSuffix("accounting/") ? .string(tenant.sessionID) : nil
        case "reply": "Access-Accept"
        case "username" where path.contains("/freeradius/") || path.hasSuffix("token/") || path.hasSuffix("session/"):
            .string(tenant.member.user.username)
        case "session_time", "input_octets", "output_octets", "input_gigawords", "output_gigawords", "interval": "1"
        case "framed_ipv6_prefix", "delegated_ipv6_prefix": "2001:db8::/64"
        case "framed_ipv6_address": "2001:db8::1"
        default: nil
        }
    }
}
