import Testing

@testable import RADIUSClient

@Suite struct LoadUsersTests {
    private func text(_ users: LoadUsers, _ index: Int) -> String {
        var result = ""
        users.withUser(index) { name, password in
            result = String(decoding: name, as: UTF8.self) + "/" + String(decoding: password, as: UTF8.self)
        }
        return result
    }

    @Test func defaultPatternsHaveSixDigits() throws {
        let users = try LoadUsers(count: 1001)
        #expect(users.count == 1001)
        #expect(text(users, 0) == "user000000/pass000000")
        #expect(text(users, 1000) == "user001000/pass001000")
    }

    @Test(arguments: [
        ("u%d", "secret", "u12/secret"), ("%03d@realm", "%d%%", nil), ("%3d", "x", "012/x"), ("a%sb", "x", nil), ("a%", "x", nil),
        ("%0d", "", "12/"),
    ])
    func patterns(name: String, password: String, expected: String?) throws {
        let users = try? LoadUsers(count: 13, name: name, password: password)
        #expect(users.map { text($0, 12) } == expected)
    }

    @Test func listedUsersKeepOrderAndContent() throws {
        let users = try LoadUsers([(name: "anna", password: ""), (name: "börje", password: "p,w")])
        #expect(text(users, 0) == "anna/")
        #expect(text(users, 1) == "börje/p,w")
    }

    @Test func refusesWhatNoRequestCanCarry() {
        #expect(throws: ClientError.self) { try LoadUsers(count: 0) }
        #expect(throws: ClientError.self) { try LoadUsers([(name: "", password: "x")]) }
        #expect(throws: ClientError.self) { try LoadUsers([(name: "a", password: String(repeating: "x", count: 129))]) }
    }
}
