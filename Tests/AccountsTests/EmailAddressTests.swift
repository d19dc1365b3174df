import Accounts
import Database
import Foundation
import HTTPTypes
import Localization
import NIOConcurrencyHelpers
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@Suite struct EmailAddressTests {
    private func path(_ user: User) -> String { "/api/v1/users/user/\(user.id)/email/" }

    @Test(arguments: Engine.available)
    func `a primary address gives way only to one that is proved`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let root = try await installation.root()
            let bob = try await installation.add(User(username: "bob", email: "old@example.org", language: .german))
            let list = await root.get(path(bob))
            #expect(list.keys == ["count", "next", "previous", "results"])
            guard case .array(let results)? = list.json?["results"], case .integer(let old)? = results.first?["id"] else { return }
            #expect(results == [["email": "old@example.org", "id": .integer(old), "primary": true, "verified": true]])

            let added = await root.post(path(bob), ["email": "new@example.org", "primary": true])
            #expect(added.status == 201)
            #expect(added.json?["verified"] == false)
            #expect(added.json?["primary"] == false)
            guard case .integer(let id)? = added.json?["id"] else { return }
            #expect(await root.patch(path(bob) + "\(id)/", ["primary": true]).errors("primary").count == 1)
            #expect(try await installation.user(bob.id)?.email == "old@example.org")

            let letter = installation.mail.withLockedValue { $0.last }
            #expect(letter?.recipient == "new@example.org")
            #expect(letter?.language == .german)
            let address = letter?.action?.address ?? ""
            let page = String(address.dropFirst("http://radian.test".count))
            #expect(page.hasPrefix("/accounts/confirm-email/"))
            // Programs that look at links in letters use nothing up.
            for _ in 0..<2 {
                let shown = await installation.client.get(page)
                #expect(shown.status == 200)
                #expect(shown.text.contains("new@example.org"))
            }
            #expect(await root.get(path(bob) + "\(id)/").json?["verified"] == false)
            #expect(await installation.client.post(page, form: []).status == 200)
            #expect(
                await root.get(path(bob) + "\(id)/").json == [
                    "email": "new@example.org", "id": .integer(id), "primary": false, "verified": true,
                ])
            #expect(await installation.client.post(page, form: []).status == 404)
            #expect(await installation.client.get(page).status == 404)

            #expect(await root.patch(path(bob) + "\(id)/", ["primary": true]).json?["primary"] == true)
            #expect(try await installation.user(bob.id)?.email == "new@example.org")
            #expect(await root.get(path(bob) + "\(old)/").json?["primary"] == false)
            #expect(await root.delete(path(bob) + "\(old)/").status == 204)
            #expect(await root.delete(path(bob) + "\(old)/").status == 404)
            #expect(await root.delete(path(bob) + "\(id)/").status == 204)
            #expect(try await installation.user(bob.id)?.email == nil)
        }
    }

    @Test(arguments: Engine.available)
    func `an address belongs to one user, and no address is another's name`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let root = try await installation.root()
            let bob = try await installation.add(User(username: "bob", email: "bob@example.org"))
            try await installation.add(User(username: "eve", email: "eve@example.org"))
            try await installation.add(User(username: "name@example.org"))
            for taken in ["EVE@example.org", "name@example.org", "bob@example.org"] {
                #expect(await root.post(path(bob), ["email": .string(taken)]).errors("email").count == 1, "\(taken)")
            }
            #expect(await root.post(path(bob), ["email": "nonsense"]).errors("email") == ["Enter a valid email address."])
            #expect(installation.mail.withLockedValue { $0 }.isEmpty)
        }
    }

    @Test(arguments: Engine.available)
    func `the first address of a user becomes the primary one, a changed one has to be proved again`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let root = try await installation.root()
            let bob = try await installation.add(User(username: "bob"))
            let added = await root.post(path(bob), ["email": "one@example.org"])
            #expect(added.json?["primary"] == true)
            #expect(try await installation.user(bob.id)?.email == "one@example.org")
            guard case .integer(let id)? = added.json?["id"] else { return }
            let key = installation.mail.withLockedValue { $0.last?.action?.address.split(separator: "/").last.map(String.init) } ?? ""
            let changed = await root.put(path(bob) + "\(id)/", ["email": "two@example.org"])
            #expect(changed.json?["email"] == "two@example.org")
            #expect(try await installation.user(bob.id)?.email == "two@example.org")
            // The letter to the first address proves nothing about the second.
            #expect(await installation.client.post("/accounts/confirm-email/\(key)/", form: []).status == 404)
            #expect(await root.get(path(bob) + "\(id)/").json?["verified"] == false)
            #expect(installation.mail.withLockedValue { $0.map(\.recipient) } == ["one@example.org", "two@example.org"])
        }
    }

    @Test(arguments: Engine.available)
    func `an account's address without a row stays the primary one`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let root = try await installation.root()
            let bob = User(username: "bob", email: "old@example.org")
            try await installation.write { try UserStore($0).add(bob) }
            let added = await root.post(path(bob), ["email": "new@example.org"])
            #expect(added.status == 201 && added.json?["primary"] == false, "\(added.text)")
            #expect(try await installation.user(bob.id)?.email == "old@example.org")
            let rows = try await installation.write { try EmailAddressStore($0).addresses(of: bob.id) }
            #expect(rows.map(\.email) == ["old@example.org", "new@example.org"])
            #expect(rows.map(\.isPrimary) == [true, false])

            let ann = User(username: "ann", email: "ann@example.org")
            try await installation.write { try UserStore($0).add(ann) }
            #expect(await root.post(path(ann), ["email": "ann@example.org"]).json?["primary"] == true)
        }
    }
}
