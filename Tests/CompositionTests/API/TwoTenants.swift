import Database
import Foundation
import HTTPTypes
import OrganizationSettings
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@testable import Accounts
@testable import Composition

/// One organization with people of every role, and an object of every kind that the API knows.
struct Tenant {
    struct Person {
        var user: User
        /// API token.
        var token: String
    }

    let organization: Organization
    let owner: Person
    /// Manages the organization, is staff and an administrator.
    let manager: Person
    let member: Person
    let groupID: String
    let groupName: String
    let assignmentID: String
    let batchID: String
    let emailID: String
    let membershipID: String
    /// Of a device that serves the organization.
    let nasID: String
    /// Of the member's session as a browser.
    let loginID: String
    let topology: Topologies

    /// A topology with its parts.
    struct Topologies {
        let id: String
        let node: String
        let otherNode: String
        let link: String
    }

    /// Acct-Unique-Session-Id of an open session.
    let sessionID: String
    /// Row of the authentication log.
    let authenticationID: String
    /// Armed by the manager.
    let traceID: String
    /// For FreeRADIUS.
    let token: String
    let radiusToken: String

    /// Texts that tell that something is the tenant's: found in an answer to somebody else, they are a leak.
    var marks: [String] {
        [
            topology.id, topology.node, topology.otherNode, topology.link, organization.id, organization.slug, groupID, assignmentID,
            batchID, membershipID, loginID, sessionID, traceID, token, radiusToken,
            "\(organization.slug)-batch",
        ] + [owner, manager, member].flatMap { [$0.user.id, $0.user.username, $0.token] }
    }

    /// What stands for a `:name` of a route's path; nil for a route that nobody told this test about.
    func value(of name: String, in path: String) -> String? {
        let before = String(path.prefix(upTo: path.range(of: "/:\(name)")?.lowerBound ?? path.startIndex))
        switch (name, before) {
        case ("slug", _): return organization.slug
        case ("id", "/api/v1/users/user"), ("uid", "/accounts/password/reset/key"): return member.user.id
        case ("user", "/api/v1/users/organization/:id/user"): return member.user.id
        case ("id", "/api/v1/users/organization"): return organization.id
        case ("organization", "/api/v1/radius/organization/:slug/batch"): return organization.id
        case ("email", "/api/v1/users/user/:id/email"): return emailID
        case ("assignment", "/api/v1/users/user/:id/radius-group"): return assignmentID
        case ("id", "/api/v1/radius/group"): return groupID
        case ("id", "/api/v1/radius/batch"), ("id", "/api/v1/radius/organization/:slug/batch"), ("id", "/ws/radius/batch"):
            return batchID
        case ("file", "/api/v1/radius/organization/:slug/batch/:organization/csv"): return "\(batchID).csv"
        case ("unique_id", "/api/v1/radius/sessions"): return sessionID
        case ("id", "/api/v1/radius/authentications"): return authenticationID
        case ("id", "/api/v1/radius/traces"), ("id", "/ws/radius/trace"): return traceID
        // Roles are everybody's: the one called Operator.
        case ("id", "/api/v1/users/group"): return "1"
        case ("id", "/api/v1/auth/sessions"): return loginID
        case ("id", "/api/v1/nas"): return nasID
        case ("id", "/api/v1/network-topology/topology"), ("id", "/topology/topology"), ("id", "/ws/network-topology/topology"):
            return topology.id
        case ("id", "/api/v1/network-topology/node"): return topology.node
        case ("id", "/api/v1/network-topology/link"): return topology.link
        case ("key", "/accounts/confirm-email"), ("token", "/accounts/password/reset/key/:uid"):
            return String(repeating: "k", count: 43)
        case ("gateway", "/api/v1/messages/receipts"): return "paper"
        case ("secret", _): return "0123456789abcdef"
        case ("name", "/api/v1/docs/assets"): return "start.js"
        default: return nil
        }
    }

    /// The path of a route with the tenant's objects in it.
    func path(_ route: String) throws -> String {
        try route.split(separator: "/", omittingEmptySubsequences: false).map { segment -> String in
            guard segment.hasPrefix(":") else { return String(segment) }
            return try #require(value(of: String(segment.dropFirst()), in: route), "what stands for \(segment) in \(route)?")
        }.joined(separator: "/")
    }
}

/// Two organizations of one installation, and people of neither.
struct TwoTenants {
    let api: WholeAPI
    let alpha: Tenant
    let beta: Tenant
    let superuser: Tenant.Person
    /// Member of no organization.
    let stranger: Tenant.Person
    /// Was deactivated; a manager of alpha.
    let inactive: Tenant.Person

    static let password = "vivid copper kettle"

    init(_ api: WholeAPI) async throws {
        self.api = api
        let people = People(api: api)
        superuser = try await people.add(User(username: "root", email: "root@example.org", isStaff: true, isSuperuser: true))
        let administrator = try #require(try RoleStore(api.connection).role(named: DefaultRoles.administrator)).id
        alpha = try await people.tenant("tenant-alpha", superuser, role: administrator)
        beta = try await people.tenant("tenant-beta", superuser, role: administrator)
        stranger = try await people.add(User(username: "stranger", email: "stranger@example.org"))
        inactive = try await people.add(
            User(username: "tenant-alpha-gone", isActive: false), to: alpha.organization, as: .manager, role: administrator)
    }
}

/// Adds people and what belongs to them, by the stores where a session is no matter, else by the API itself.
private struct People {
    let api: WholeAPI

    func add(_ user: User, to organization: Organization? = nil, as role: Principal.Role = .member, role roleID: Int64? = nil) async throws
        -> Tenant.Person
    {
        let connection = api.connection
        try UserStore(connection).add(user)
        let credential = try await api.modules.accounts.passwords.hash(TwoTenants.password)
        try PasswordStore(connection).set(username: user.username, credential: credential, at: user.created)
        if let organization { try MembershipStore(connection).join(user.id, organization.id, role: role) }
        if let roleID { try RoleStore(connection).setRoles([roleID], of: user.id) }
        let token = try APITokenStore(connection, key: api.modules.accounts.keys.apiToken(over: connection)).token(userID: user.id)
        return Tenant.Person(user: user, token: token)
    }

    func tenant(_ slug: String, _ superuser: Tenant.Person, role: Int64) async throws -> Tenant {
        let root = api.client.bearing(superuser.token)
        let made = try await id(
            root.post("/api/v1/users/organization/", ["name": .string("The \(slug)"), "slug": .string(slug), "email": "", "url": ""]))
        let connection = api.connection
        let organization = try #require(try OrganizationStore(connection).organization(id: made))
        let defaults = api.modules.organizationSettings.directory.defaults
        let settings = OrganizationSettingsStore(connection, defaults: defaults)
        try settings.prepare(organization.id)
        try settings.set(
            [
                "first_name": "allowed", "last_name": "allowed", "birth_date": "allowed", "location": "allowed", "sms_verification": "yes",
                "sms_sender": slug, "freeradius_allowed_hosts": "0.0.0.0/0", "mac_addr_roaming_enabled": "yes",
            ], of: organization.id)
        try api.modules.refresh(over: connection)
        let owner = try await add(
            User(username: "\(slug)-owner", email: "\(slug)-owner@example.org"), to: organization, as: .owner, role: role)
        let manager = try await add(
            User(username: "\(slug)-manager", email: "\(slug)-manager@example.org", isStaff: true), to: organization, as: .manager,
            role: role)
        let member = try await add(
            User(
                username: "\(slug)-member", email: "\(slug)-member@example.org",
                phoneNumber: slug == "tenant-alpha" ? "+393664255801" : "+393664255802"), to: organization)
        let groupName = "\(slug)-guests"
        let groupID = try await id(
            root.post("/api/v1/radius/group/", ["name": .string(groupName), "organization": .string(organization.id)]))
        let user = "/api/v1/users/user/\(member.user.id)/"
        let assignmentID = try await id(root.post(user + "radius-group/", ["group": .string(groupID)]))
        let emailID = try await id(root.post(user + "email/", ["email": .string("\(slug)-second@example.org")]))
        let batchID = try await id(
            root.post(
                "/api/v1/radius/batch/",
                [
                    "name": .string("\(slug)-batch"), "strategy": "prefix", "prefix": .string("\(slug)-voucher"), "number_of_users": 2,
                    "organization_slug": .string(slug), "notes": "",
                ]))
        let nasID = try await id(
            root.post(
                "/api/v1/nas/",
                [
                    "name": .string(slug == "tenant-alpha" ? "198.51.100.1" : "198.51.100.2"), "short_name": .string("\(slug)-nas"),
                    "secret": "a secret of the device", "organization": .string(organization.id), "type": "mikrotik",
                ]))
        let login = await api.client.post(
            "/api/v1/auth/session/", ["username": .string(member.user.username), "password": .string(TwoTenants.password)])
        try #require(login.status == 200, "\(login.text)")
        let session = "\(slug)-session"
        let tokens = try settings.settings(of: organization.id).token
        let radius = api.client.freeRADIUS(organization.id, tokens)
        let station = slug == "tenant-alpha" ? "02-00-00-00-00-0A" : "02-00-00-00-00-0B"
        let start: JSONValue = [
            "status_type": "Start", "session_id": .string(session), "unique_id": .string(session), "nas_ip_address": "192.0.2.1",
            "username": .string(member.user.username), "calling_station_id": .string(station), "called_station_id": .string("\(slug)-ap"),
        ]
        let started = await radius.post("/api/v1/freeradius/accounting/", start)
        try #require(started.status == 201, "\(started.text)")
        try connection.execute(
            Statement(
                """
                INSERT INTO radpostauth (username, pass, reply, authdate, organization_id) VALUES ($1, '', 'Access-Accept',
                    {{postgres: now()}}{{sqlite: strftime('%Y-%m-%d %H:%M:%f', 'now')}}, $2)
                """), [.text(member.user.username), .text(organization.id)])
        let authentications = try connection.table("SELECT max(id) FROM radpostauth WHERE organization_id = $1", [.text(organization.id)])
        let traceID = try await id(
            api.client.bearing(manager.token).post("/api/v1/radius/traces/", ["username": .string(member.user.username)]))
        let topology = try await topologies(root, organization.id)
        let entered = await api.client.post(
            "/api/v1/radius/organization/\(slug)/account/token/validate/", ["token": .string(member.token)])
        return Tenant(
            organization: organization, owner: owner, manager: manager, member: member, groupID: groupID, groupName: groupName,
            assignmentID: assignmentID, batchID: batchID, emailID: emailID,
            membershipID: try #require(try MembershipStore(connection).membership(of: member.user.id, in: organization.id)?.id),
            nasID: nasID,
            loginID: try #require(try LoginStore(connection).logins(of: member.user.id).first?.id), topology: topology, sessionID: session,
            authenticationID: authentications[0][0], traceID: traceID, token: tokens,
            radiusToken: try #require(entered.json?["radius_user_token"]?.string, "\(entered.text)"))
    }

    private func topologies(_ root: TestClient, _ organization: String) async throws -> Tenant.Topologies {
        let path = "/api/v1/network-topology/"
        let topology = try await id(
            root.post(
                path + "topology/",
                [
                    "label": "mesh", "organization": .string(organization), "parser": "netdiff.NetJsonParser", "strategy": "receive",
                    "key": "a-key",
                ]))
        var nodes: [String] = []
        for address in ["10.0.0.1", "10.0.0.2"] {
            nodes.append(try await id(root.post(path + "node/", ["topology": .string(topology), "addresses": [.string(address)]])))
        }
        let link = try await id(
            root.post(
                path + "link/",
                ["topology": .string(topology), "source": .string(nodes[0]), "target": .string(nodes[1]), "cost": 1]))
        return Tenant.Topologies(id: topology, node: nodes[0], otherNode: nodes[1], link: link)
    }

    /// The id in an answer that says that something was made.
    private func id(_ answer: TestAnswer) throws -> String {
        try #require([201, 202].contains(answer.status), "\(answer.status) \(answer.text)")
        switch answer.json?["id"] {
        case .string(let id)?: return id
        case .integer(let id)?: return String(id)
        default: throw Untold(answer: answer.text)
        }
    }

    private struct Untold: Error { let answer: String }
}

extension TestClient {
    /// The same client with an organization's credential.
    func freeRADIUS(_ organizationID: String, _ token: String) -> TestClient {
        var copy = self
        copy.headers[.authorization] = "Bearer \(organizationID) \(token)"
        return copy
    }
}
