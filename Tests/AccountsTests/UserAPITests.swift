import Accounts
import Database
import Foundation
import HTTPTypes
import NIOConcurrencyHelpers
import TestSupport
import Testing
import WebRouting
import WebTestSupport

/// Users of the users API: who sees and changes what.
@Suite struct UserAPITests {
    private static let path = "/api/v1/users/user/"
    private static let summaryKeys = [
        "birth_date", "email", "expiration_date", "first_name", "groups", "id", "is_active", "is_staff", "last_name", "organization_users",
        "phone_number", "username",
    ]
    private static let detailKeys =
        (summaryKeys + ["bio", "company", "date_joined", "last_login", "location", "notes", "url"]).sorted()

    /// Two organizations, a manager and a member of each, and a superuser.
    private struct Town {
        let root: TestClient
        let a: Organization
        let b: Organization
        let managerA: (user: User, client: TestClient)
        let managerB: (user: User, client: TestClient)
        let memberA: User
        let memberB: User

        init(_ installation: Installation) async throws {
            root = try await installation.root()
            a = try await installation.add(Organization(name: "A", slug: "a"))
            b = try await installation.add(Organization(name: "B", slug: "b"))
            managerA = try await installation.administrator("manager-a", of: a)
            managerB = try await installation.administrator("manager-b", of: b)
            memberA = try await installation.add(User(username: "member-a", email: "a@example.org"))
            memberB = try await installation.add(User(username: "member-b", email: "b@example.org"))
            try await installation.join(memberA, a)
            try await installation.join(memberB, b)
        }
    }

    @Test(arguments: Engine.available)
    func `a manager sees members of his organizations, no superuser and no is_superuser`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let town = try await Town(installation)
            // A superuser who is a member stays invisible.
            let superuser = try await installation.add(User(username: "hidden", isSuperuser: true))
            try await installation.join(superuser, town.a)

            let list = await town.managerA.client.get(Self.path)
            #expect(list.status == 200)
            #expect(list.keys == ["count", "next", "previous", "results"])
            #expect(list.ids == [town.memberA.id, town.managerA.user.id])
            guard case .array(let results)? = list.json?["results"], case .object(let members)? = results.first else { return }
            #expect(members.map(\.name).sorted() == Self.summaryKeys)

            let detail = await town.managerA.client.get(Self.path + town.memberA.id + "/")
            #expect(detail.keys == Self.detailKeys)
            #expect(detail.json?["organization_users"] == [["is_admin": false, "organization": .string(town.a.id)]])
            #expect(detail.json?["email"] == "a@example.org")
            for id in [town.memberB.id, superuser.id, UUID().uuidString.lowercased(), "x"] {
                #expect(await town.managerA.client.get(Self.path + id + "/").status == 404)
            }

            let all = await town.root.get(Self.path)
            #expect(all.json?["count"] == 6)
            #expect(
                await town.root.get(Self.path + superuser.id + "/").keys
                    == (Self.detailKeys + ["is_superuser", "user_permissions"]).sorted())
        }
    }

    @Test(arguments: Engine.available)
    func `nobody of another organization changes a user`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let town = try await Town(installation)
            let before = try await installation.user(town.memberB.id)
            let user = Self.path + town.memberB.id + "/"
            let a = town.managerA.client
            #expect(await a.patch(user, ["first_name": "X"]).status == 404)
            #expect(await a.put(user, ["username": "x", "email": "x@example.org"]).status == 404)
            #expect(await a.delete(user).status == 404)
            let password: JSONValue = ["new_password": "another good one", "confirm_password": "another good one"]
            #expect(await a.put(user + "password/", password).status == 404)
            #expect(await a.get(user + "email/").status == 404)
            #expect(await a.post(user + "email/", ["email": "x@example.org"]).status == 404)
            let email = await town.root.get(user + "email/")
            guard case .array(let addresses)? = email.json?["results"], case .integer(let id)? = addresses.first?["id"] else {
                Issue.record("no address")
                return
            }
            #expect(await a.get(user + "email/\(id)/").status == 404)
            #expect(await a.patch(user + "email/\(id)/", ["email": "x@example.org"]).status == 404)
            #expect(await a.delete(user + "email/\(id)/").status == 404)
            // Neither through a user of one's own.
            #expect(await a.get(Self.path + town.memberA.id + "/email/\(id)/").status == 404)
            #expect(try await installation.user(town.memberB.id) == before)
            #expect(try await installation.module.passwords.verify("correct horse", of: ["member-b"]) == "member-b")
            #expect(installation.mail.withLockedValue { $0 }.isEmpty)
        }
    }

    @Test(arguments: Engine.available)
    func `permission without management sees nothing, management without permission is refused`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let town = try await Town(installation)
            let staff = try await installation.add(User(username: "staff", isStaff: true))
            try await installation.permit(staff, "view_user", "change_user", "delete_user", "add_user")
            let permitted = try await installation.client(staff)
            let list = await permitted.get(Self.path)
            #expect(list.status == 200)
            #expect(list.json?["count"] == 0)
            #expect(await permitted.get(Self.path + town.memberA.id + "/").status == 404)
            #expect(await permitted.delete(Self.path + town.memberA.id + "/").status == 404)

            let manager = try await installation.add(User(username: "manager"))
            try await installation.join(manager, town.a, .manager)
            let managing = try await installation.client(manager)
            let refused = await managing.get(Self.path)
            #expect(refused.status == 403)
            #expect(refused.detail == "You do not have permission to perform this action.")
            #expect(await managing.delete(Self.path + town.memberA.id + "/").status == 403)
            // A plain member is refused, too.
            #expect(await (try installation.client(town.memberA)).get(Self.path).status == 403)
        }
    }

    @Test(arguments: Engine.available)
    func `managers of a disabled organization lose access at the next request`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let town = try await Town(installation)
            #expect(await town.managerA.client.get(Self.path).json?["count"] == 2)
            let disabled = await town.root.patch("/api/v1/users/organization/\(town.a.id)/", ["is_active": false])
            #expect(disabled.status == 200)
            #expect(await town.managerA.client.get(Self.path).json?["count"] == 0)
            #expect(await town.managerA.client.get(Self.path + town.memberA.id + "/").status == 404)
            #expect(await town.managerA.client.get("/api/v1/users/organization/\(town.a.id)/").status == 404)
        }
    }

    @Test(arguments: Engine.available)
    func `a user is added with everything that belongs to it`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let town = try await Town(installation)
            let operatorRole = try await installation.write { try RoleStore($0).role(named: "Operator")?.id } ?? 0
            let answer = await town.root.post(
                Self.path,
                [
                    "username": "new@user", "email": "New@example.org", "password": "a good password", "first_name": "Nora",
                    "phone_number": "+4930123456", "birth_date": "2001-02-28", "expiration_date": "2099-12-31",
                    "groups": [.integer(operatorRole)],
                    "organization_users": [
                        ["organization": .string(town.a.id), "is_admin": true], ["organization": .string(town.b.id)],
                    ],
                ])
            #expect(answer.status == 201)
            #expect(answer.keys == (Self.summaryKeys + ["is_superuser"]).sorted())
            #expect(answer.json?["is_active"] == true)
            #expect(answer.json?["expiration_date"] == "2099-12-31")
            #expect(answer.json?["groups"] == [.integer(operatorRole)])
            #expect(!answer.text.contains("good password"))
            let id = answer.json?["id"]?.string ?? ""
            let memberships = try await installation.write { try MembershipStore($0).memberships(id) }
            // The first manager of an organization without owner owns it; A had one already.
            #expect(memberships.map { "\($0.slug) \($0.role)" } == ["a manager", "b member"])
            #expect(try await installation.module.passwords.verify("a good password", of: ["new@user"]) == "new@user")
            #expect(
                try await installation.write { try $0.table("SELECT attribute FROM radcheck WHERE username = 'new@user'") } == [
                    ["Argon2-Password"]
                ])
            let letters = installation.mail.withLockedValue { $0 }
            #expect(letters.map(\.kind) == [.emailConfirmation])
            #expect(letters.map(\.recipient) == ["New@example.org"])
            let calls = installation.calls.withLockedValue { $0 }
            #expect(calls.joined == ["\(id) \(town.a.id)", "\(id) \(town.b.id)"])
            #expect(calls.changed == ["new@user"])

            let verified = await town.root.post(
                Self.path, ["username": "second", "email": "second@example.org", "email_verified": true])
            #expect(verified.status == 201)
            #expect(installation.mail.withLockedValue { $0.count } == 1)
            let address = try await installation.write { try EmailAddressStore($0).primary(verified.json?["id"]?.string ?? "") }
            #expect(address?.isVerified == true)
        }
    }

    @Test(arguments: Engine.available)
    func `what cannot be a user is refused field by field`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let town = try await Town(installation)
            func errors(_ body: [(String, JSONValue)], _ field: String) async -> [String] {
                var members = [JSONValue.Member("username", "fresh"), .init("email", "fresh@example.org")]
                for (name, value) in body {
                    members.removeAll { $0.name == name }
                    members.append(.init(name, value))
                }
                let answer = await town.root.post(Self.path, .object(members))
                #expect(answer.status == 400, "\(body)")
                #expect(answer.keys == [field], "\(body)")
                return answer.errors(field)
            }
            #expect(await errors([("email", "A@example.org")], "email") == ["User with this Email address already exists."])
            #expect(await errors([("username", "member-a")], "username") == ["A user with that username already exists."])
            #expect(await errors([("username", "white space")], "username").count == 1)
            #expect(await errors([("username", .string(String(repeating: "x", count: 151)))], "username").count == 1)
            // Three ways lead to an account: none may be another's.
            #expect(await errors([("username", "a@example.org")], "username").count == 1)
            #expect(await errors([("phone_number", "+39366")], "phone_number").count == 1)
            #expect(await errors([("phone_number", "+2101234567")], "phone_number").count == 1)
            #expect(await errors([("password", "short")], "password").count == 1)
            #expect(await errors([("password", "12345678901")], "password").isEmpty == false)
            #expect(await errors([("password", "fresh@example.org")], "password").count == 1)
            #expect(await errors([("expiration_date", "2020-01-01")], "expiration_date") == ["Expiration date cannot be in the past."])
            #expect(await errors([("groups", [999])], "groups") == ["Invalid pk \"999\" - object does not exist."])
            #expect(
                await errors([("organization_users", ["organization": "x"])], "organization_users")
                    == ["Invalid pk \"x\" - object does not exist."])
            #expect(await errors([("is_active", "perhaps")], "is_active").count == 1)
            #expect(try await installation.write { try UserStore($0).user(named: "fresh") } == nil)
            #expect(await town.root.post(Self.path, ["username": "fresh"]).errors("email") == ["This field is required."])
            #expect(await town.root.send(.post, Self.path, type: "application/json", body: Array("{".utf8)).status == 400)
        }
    }

    @Test(arguments: Engine.available)
    func `a manager adds users to his organizations only, without more rights than his own`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let town = try await Town(installation)
            let a = town.managerA.client
            func post(_ name: String, _ more: [JSONValue.Member]) async -> TestAnswer {
                await a.post(
                    Self.path, .object([.init("username", .string(name)), .init("email", .string(name + "@example.org"))] + more))
            }
            let foreign = await post("one", [.init("organization_users", ["organization": .string(town.b.id), "is_admin": false])])
            #expect(foreign.status == 400)
            #expect(foreign.errors("organization_users") == ["Invalid pk \"\(town.b.id)\" - object does not exist."])
            #expect(await post("one", []).errors("organization_users") == ["This field is required."])
            let ours = JSONValue.Member("organization_users", ["organization": .string(town.a.id), "is_admin": false])
            let made = await post("one", [ours, .init("is_superuser", true)])
            #expect(made.status == 201)
            #expect(try await installation.user(made.json?["id"]?.string ?? "")?.isSuperuser == false)
            let powerful = try await installation.write { connection in
                let store = RoleStore(connection)
                let ids = try store.permissions().filter { $0.codeName == "delete_organization" }.map(\.id)
                return try connection.transaction { () throws(DatabaseError) in
                    do { return try store.add("Powerful", permissions: ids) } catch { throw DatabaseError(.other, "\(error)") }
                }
            }
            #expect(await post("two", [ours, .init("groups", [.integer(powerful)])]).errors("groups").count == 1)
            #expect(try await installation.write { try UserStore($0).user(named: "two") } == nil)
        }
    }

    @Test(arguments: Engine.available)
    func `memberships are set again and again without effect, and end by an explicit word only`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let town = try await Town(installation)
            let user = Self.path + town.memberA.id + "/"
            func roles() async throws -> [String] {
                try await installation.write { try MembershipStore($0).memberships(town.memberA.id).map { "\($0.slug) \($0.role)" } }
            }
            for _ in 0..<2 {
                let answer = await town.root.patch(
                    user, ["organization_users": ["organization": .string(town.b.id), "is_admin": true]])
                #expect(answer.status == 200)
                #expect(try await roles() == ["a member", "b manager"])
            }
            // A manager cannot change where a user belongs by this route.
            #expect(
                await town.managerA.client.patch(user, ["organization_users": ["organization": .string(town.a.id), "is_admin": true]])
                    .status == 403)
            let removed = await town.root.patch(user, ["organization_users": [["organization": .string(town.b.id), "delete": true]]])
            #expect(removed.status == 200)
            #expect(try await roles() == ["a member"])
            #expect(installation.calls.withLockedValue { $0.left } == ["\(town.memberA.id) \(town.b.id)"])
            let own = await town.managerA.client.patch(
                user, ["organization_users": ["organization": .string(town.a.id), "is_admin": true]])
            #expect(own.status == 200)
            #expect(try await roles() == ["a member"])
        }
    }

    @Test(arguments: Engine.available)
    func `an owner is not downgraded`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let town = try await Town(installation)
            #expect(try await installation.write { try MembershipStore($0).owner(of: town.a.id)?.userID } == town.managerA.user.id)
            let answer = await town.root.patch(
                Self.path + town.managerA.user.id + "/",
                ["organization_users": [["organization": .string(town.a.id), "is_admin": false]]])
            #expect(answer.status == 400)
            #expect(answer.errors("organization_users") == ["manager-a is the owner of the organization: A, and cannot be downgraded"])
            #expect(try await installation.write { try MembershipStore($0).role(town.managerA.user.id, town.a.id) } == .owner)
        }
    }

    @Test(arguments: Engine.available)
    func `nobody is taken over or removed through an organization that has him, too`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let town = try await Town(installation)
            try await installation.join(town.managerB.user, town.a)
            try await installation.join(town.memberB, town.a)
            let a = town.managerA.client
            let managerB = Self.path + town.managerB.user.id + "/"
            #expect(await a.get(managerB).status == 200)
            #expect(await a.patch(managerB, ["email": "thief@example.org"]).status == 403)
            let password: JSONValue = ["new_password": "another good one", "confirm_password": "another good one"]
            #expect(await a.put(managerB + "password/", password).status == 403)
            #expect(await a.post(managerB + "email/", ["email": "thief@example.org"]).status == 403)
            let memberB = Self.path + town.memberB.id + "/"
            #expect(await a.patch(memberB, ["first_name": "Bea"]).status == 200)
            #expect(await a.delete(memberB).status == 403)
            #expect(try await installation.user(town.memberB.id) != nil)
            #expect(await a.delete(Self.path + town.memberA.id + "/").status == 204)
            #expect(try await installation.user(town.memberA.id) == nil)
            #expect(installation.calls.withLockedValue { $0.removed } == ["member-a"])
            #expect(try await installation.write { try $0.table("SELECT count(*) FROM radcheck WHERE username = 'member-a'") } == [["0"]])
            let second = try await installation.add(User(username: "second"))
            try await installation.join(second, town.a, .manager)
            let role = try await installation.write { try RoleStore($0).role(named: "Administrator")?.id } ?? 0
            try await installation.write { try RoleStore($0).setRoles([role], of: second.id) }
            let removeOwner = await (try installation.client(second)).delete(Self.path + town.managerA.user.id + "/")
            #expect(removeOwner.status == 403)
        }
    }

    @Test(arguments: Engine.available)
    func `accounts end at the end of their last day and come back only with another one`(_ engine: Engine) async throws {
        try await Installation.with(engine, settings: .quick { $0.timeZone = TimeZone(identifier: "Pacific/Kiritimati") ?? .gmt }) {
            installation in
            let town = try await Town(installation)
            let settings = installation.module.settings
            let now = Int64(Date().timeIntervalSince1970)
            let (today, yesterday) = (settings.day(now), settings.day(now - 86_400))
            let path = Self.path + town.memberA.id + "/"
            let refused = await town.root.patch(path, ["expiration_date": .string(yesterday)])
            #expect(refused.errors("expiration_date") == ["Expiration date cannot be in the past."])
            #expect(await town.root.patch(path, ["expiration_date": .string(today)]).status == 200)
            let end = try await installation.user(town.memberA.id)?.expiresAt ?? 0
            #expect(end >= now && end - now <= 86_400)
            #expect(settings.day(end) == today && settings.day(end + 1) != today)

            // Its day has passed.
            try await installation.write {
                try $0.script("UPDATE radian_user SET expires_at = \(end - 2 * 86_400), is_active = 0 WHERE username = 'member-a'")
            }
            let again = await town.root.patch(path, ["is_active": true])
            #expect(
                again.errors("is_active") == ["Cannot activate an expired account. Clear or extend the expiration date first."])
            // What is past already is no obstacle to other changes.
            let past = settings.day(end - 2 * 86_400)
            #expect(await town.root.patch(path, ["first_name": "Ann", "expiration_date": .string(past)]).status == 200)
            #expect(await town.root.patch(path, ["is_active": true, "expiration_date": nil]).status == 200)
            #expect(try await installation.user(town.memberA.id)?.expiresAt == nil)
        }
    }

    @Test(arguments: Engine.available)
    func `a new name takes the password along, an inactive user's sessions end`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let town = try await Town(installation)
            let path = Self.path + town.memberA.id + "/"
            let login = await installation.client.post(
                "/api/v1/auth/session/", ["username": "member-a", "password": "correct horse"])
            let browser = installation.client.inSession(login)
            #expect(await browser.get("/api/v1/auth/sessions/").status == 200)
            #expect(await town.root.patch(path, ["username": "renamed"]).status == 200)
            #expect(try await installation.module.passwords.verify("correct horse", of: ["renamed"]) == "renamed")
            #expect(try await installation.module.passwords.verify("correct horse", of: ["member-a"]) == nil)
            #expect(installation.calls.withLockedValue { $0.renamed } == ["member-a renamed"])
            #expect(await town.root.patch(path, ["username": "member-b"]).errors("username").count == 1)
            #expect(await browser.get("/api/v1/auth/sessions/").status == 200)

            #expect(await town.root.patch(path, ["is_active": false]).status == 200)
            #expect(installation.calls.withLockedValue { $0.deactivated } == ["renamed"])
            #expect(await browser.get("/api/v1/auth/sessions/").status == 401)
            let changes = try await installation.write { try $0.table("SELECT kind, subject FROM radian_change") }
            #expect(changes == [["user.disabled", "renamed"]])
        }
    }

    @Test(arguments: Engine.available)
    func `lists come in pages`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let root = try await installation.root()
            try await installation.write { connection in
                for number in 1...11 { try UserStore(connection).add(User(username: "u\(number)", created: Int64(number))) }
            }
            let first = await root.get(Self.path)
            #expect(first.json?["count"] == 12)
            #expect(first.ids.count == 10)
            #expect(first.json?["previous"] == .null)
            #expect(first.json?["next"]?.string?.hasSuffix("/api/v1/users/user/?page=2") == true)
            let second = await root.get(Self.path + "?page=2")
            #expect(second.ids.count == 2)
            #expect(second.json?["next"] == .null)
            #expect(Set(first.ids + second.ids).count == 12)
            #expect(await root.get(Self.path + "?page_size=12").ids.count == 12)
            let past = await root.get(Self.path + "?page=3")
            #expect(past.status == 404)
            #expect(past.detail == "Invalid page.")
        }
    }

    @Test(arguments: Engine.available)
    func `a list is filtered by text, state and organization, within what one sees`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let town = try await Town(installation)
            try await installation.add(
                User(
                    username: "x-1", email: "Ada@Example.org", firstName: "Ada", lastName: "Byron", isActive: false,
                    phoneNumber: "+393664255801"))
            func names(_ client: TestClient, _ query: String) async -> [String] {
                guard case .array(let results)? = await client.get(Self.path + query).json?["results"] else { return ["no list"] }
                return results.compactMap { $0["username"]?.string }.sorted()
            }
            for text in ["X-1", "ada@", "BYRON", "a%20byr", "4255801"] {
                #expect(await names(town.root, "?q=\(text)") == ["x-1"], "\(text)")
            }
            // Signs of patterns mean themselves.
            for text in ["%25", "_", "'"] { #expect(await names(town.root, "?q=\(text)") == [], "\(text)") }
            #expect(await names(town.root, "?is_active=false") == ["x-1"])
            #expect(await names(town.root, "?is_active=true&q=member") == ["member-a", "member-b"])
            #expect(await names(town.root, "?organization=\(town.a.id)") == ["manager-a", "member-a"])
            #expect(await names(town.managerA.client, "?q=member") == ["member-a"])
            #expect(await names(town.managerA.client, "?organization=\(town.a.id)&q=manager") == ["manager-a"])
            #expect(await town.managerA.client.get(Self.path + "?organization=\(town.b.id)").errors("organization").count == 1)
            #expect(await town.root.get(Self.path + "?is_active=perhaps").errors("is_active").count == 1)
            let page = await town.root.get(Self.path + "?q=member&page_size=1")
            #expect(page.json?["count"] == 2 && page.json?["next"]?.string?.contains("q=member") == true)
        }
    }

    @Test(arguments: Engine.available)
    func `a superuser does not take his own rights away`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let user = try await installation.add(User(username: "chief", isStaff: true, isSuperuser: true))
            let other = try await installation.root()
            let client = try await installation.client(user)
            let path = Self.path + user.id + "/"
            for name in ["is_superuser", "is_active", "is_staff"] {
                let body = JSONValue.object([.init(name, false)])
                let answer = await client.patch(path, body)
                #expect(answer.status == 400 && answer.errors(name).count == 1, "\(answer.text)")
                #expect(
                    await client.put(path, .object([.init("username", "chief"), .init("email", .null), .init(name, false)])).errors(name)
                        .count == 1)
            }
            let kept = try await installation.user(user.id)
            #expect(kept?.isSuperuser == true && kept?.isActive == true && kept?.isStaff == true)
            #expect(await client.patch(path, ["first_name": "Ann", "is_superuser": true]).status == 200)
            #expect(await other.patch(path, ["is_superuser": false]).status == 200)
            #expect(try await installation.user(user.id)?.isSuperuser == false)
        }
    }
}
