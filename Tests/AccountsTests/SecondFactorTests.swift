import Accounts
import Database
import Digests
import Foundation
import HTTPTypes
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@Suite struct SecondFactorTests {
    private static let path = "/api/v1/auth/second-factor/"

    private func code(_ secret: String, periods: Int64 = 0) -> JSONValue {
        let totp = TOTP(secret: Base32.decode(secret) ?? [])
        return .string(totp.code(totp.counter(at: Date().timeIntervalSince1970) + periods))
    }

    @Test(arguments: Engine.available)
    func `an operator enrols, confirms, logs in with a code or a recovery code, each once, and does without again`(_ engine: Engine)
        async throws
    {
        try await Installation.with(engine) { installation in
            let user = try await installation.add(User(username: "ope ra/tor", isStaff: true))
            let client = try await installation.client(user)
            #expect(await client.get(Self.path).json == ["enabled": false, "recovery_codes": 0])
            #expect(await client.post(Self.path, ["password": "wrong password"]).errors("password").count == 1)
            let offered = await client.post(Self.path, ["password": "correct horse"])
            #expect(offered.status == 201)
            let secret = offered.json?["secret"]?.string ?? ""
            let address = offered.json?["otpauth_uri"]?.string ?? ""
            #expect(address.hasPrefix("otpauth://totp/Radian:ope%20ra%2Ftor?secret=\(secret)&issuer=Radian"))

            // Before it is confirmed it is not asked for.
            let login: JSONValue = ["username": "ope ra/tor", "password": "correct horse"]
            func with(_ code: JSONValue) -> JSONValue { ["username": "ope ra/tor", "password": "correct horse", "code": code] }
            #expect(await installation.client.post("/api/v1/auth/session/", login).status == 200)
            #expect(await client.post(Self.path + "confirm/", ["code": "000000"]).status == 400)
            let first = code(secret)
            let confirmed = await client.post(Self.path + "confirm/", ["code": first])
            #expect(confirmed.status == 200)
            guard case .array(let recovery)? = confirmed.json?["recovery_codes"] else { return }
            #expect(recovery.count == 10)
            #expect(await client.post(Self.path, ["password": "correct horse"]).status == 409)
            #expect(await client.get(Self.path).json == ["enabled": true, "recovery_codes": 10])

            for path in ["/api/v1/auth/session/", "/api/v1/auth/token/", "/api/v1/users/token/"] {
                let missing = await installation.client.post(path, login)
                #expect(missing.status == 400, "\(path)")
                #expect(missing.json?["code"] == "second_factor_required", "\(path)")
            }
            // The code that confirmed was used.
            #expect(await installation.client.post("/api/v1/auth/session/", with(first)).status == 400)
            let next = code(secret, periods: 1)
            #expect(await installation.client.post("/api/v1/auth/session/", with(next)).status == 200)
            #expect(await installation.client.post("/api/v1/auth/session/", with(next)).status == 400)
            #expect(await installation.client.post("/api/v1/auth/session/", with(recovery[0])).status == 200)
            #expect(await installation.client.post("/api/v1/auth/session/", with(recovery[0])).status == 400)
            #expect(await client.get(Self.path).json?["recovery_codes"] == 9)

            #expect(await client.send(.delete, Self.path, json: ["password": "correct horse", "code": "111111"]).status == 400)
            let removed = await client.send(.delete, Self.path, json: ["password": "correct horse", "code": recovery[1]])
            #expect(removed.status == 204)
            #expect(await installation.client.post("/api/v1/auth/session/", login).status == 200)
            let audit = try await installation.write { connection in
                try connection.table("SELECT action, actor, user_id FROM radian_audit ORDER BY id")
            }
            #expect(audit == [["second factor added", user.username, user.id], ["second factor removed", user.username, user.id]])
        }
    }

    @Test("whoever has a token alone cannot guess the password", arguments: Engine.available)
    func guesses(engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let user = try await installation.add(User(username: "operator", isStaff: true))
            let client = try await installation.client(user)
            var statuses: [Int] = []
            for number in 0..<11 { statuses.append(await client.post(Self.path, ["password": .string("wrong \(number)")]).status) }
            #expect(statuses.prefix(10).allSatisfy { $0 == 400 } && statuses.last == 429, "\(statuses)")
            #expect(await client.send(.delete, Self.path, json: ["password": "correct horse", "code": "1"]).status == 429)
        }
    }
}
