import BackEnds
import Digests
import Foundation
import RADIUSPipeline
import TestSupport
import Testing

/// One-time passwords as a NAS and its user see them.
@PeerThread
@Suite(.enabled(if: Radclient.isInstalled))
struct OneTimePasswordTests {
    private static let settings = ["RADIAN_ONE_TIME_PASSWORDS_ENABLED": "yes"]

    /// What an authenticator shows that was given the secret which the program printed.
    private struct Authenticator {
        private let secret: OneTimePasswordSecret

        init(_ server: ServerUnderTest, _ user: String, _ arguments: String...) throws {
            let (_, output) = try ChildProcess.run(
                Surroundings.radian, ["otp", "add", user] + arguments, environment: server.environment, directory: server.directory)
            let text = output.firstRange(of: "secret=").map { output[$0.upperBound...].prefix { $0 != "&" } }
            secret = OneTimePasswordSecret(userName: user, secret: try #require(text.flatMap { Base32.decode(String($0)) }))
        }

        /// - Parameter periods: from the present one.
        func code(_ periods: Int64 = 0) -> String {
            let totp = TOTP(secret)
            return totp.code(totp.counter(at: Date().timeIntervalSince1970) + periods)
        }
    }

    private func logIn(_ server: ServerUnderTest, _ user: String, _ password: String, _ more: [String] = []) throws -> Radclient.Reply {
        try Radclient.send(["User-Name = \(user)", "User-Password = \"\(password)\""] + more, to: server.authPort, "auth")
    }

    @Test("a code behind the password counts once", arguments: TestDatabase.Engine.available)
    func appended(engine: TestDatabase.Engine) throws {
        try Site.with(engine) { site in
            try site.addUser("alice", check: ["Cleartext-Password := hello"])
            let server = try ServerUnderTest.start(site.database.url, Self.settings)
            #expect(try logIn(server, "alice", "hello").code == "Access-Accept", "no secret yet")
            let authenticator = try Authenticator(server, "alice")
            #expect(try logIn(server, "alice", "hello").code == "Access-Reject")
            try site.expectReason("otp.missing", of: "alice")
            #expect(try logIn(server, "alice", "wrong\(authenticator.code())").code == "Access-Reject")
            try site.expectReason("password.mismatch", of: "alice")
            let password = "hello\(authenticator.code())"
            let accepted = try logIn(server, "alice", password)
            #expect(accepted.code == "Access-Accept", "\(accepted.output)")
            #expect(try logIn(server, "alice", password).code == "Access-Reject")
            try site.expectReason("otp.used", of: "alice")
            #expect(try logIn(server, "alice", "hello\(authenticator.code(-20))").code == "Access-Reject")
            try site.expectReason("otp.wrong", of: "alice")
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("a code is asked for by Access-Challenge; the answer is good once")
    func challenge() throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["Cleartext-Password := hello"], reply: ["Session-Timeout = 60"])
            let server = try ServerUnderTest.start(site.database.url, Self.settings)
            let authenticator = try Authenticator(server, "alice", "--mode", "challenge")
            #expect(try logIn(server, "alice", "wrong").code == "Access-Reject")
            @PeerThread func challenge() throws -> String {
                let asked = try logIn(server, "alice", "hello")
                #expect(asked.code == "Access-Challenge", "\(asked.output)")
                #expect(asked.attributes.contains("Reply-Message = \"Enter the code of your authenticator\""))
                #expect(!asked.attributes.contains { $0.hasPrefix("Session-Timeout") })
                return try #require(asked.attributes.first { $0.hasPrefix("State = ") })
            }
            let state = try challenge()
            let code = authenticator.code()
            let accepted = try logIn(server, "alice", code, [state])
            #expect(accepted.code == "Access-Accept", "\(accepted.output)")
            #expect(accepted.attributes.contains("Session-Timeout = 60"))
            #expect(try logIn(server, "alice", authenticator.code(1), [state]).code != "Access-Accept", "an answered State")
            #expect(try logIn(server, "alice", code, [try challenge()]).code == "Access-Reject", "a used code")
            #expect(try logIn(server, "alice", "000000", [try challenge()]).code == "Access-Reject")
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("in TTLS/PAP the code stands behind the password", .enabled(if: EAPOLTest.isInstalled))
    func tunnel() throws {
        let certificates = try Certificates.shared.get()
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["Cleartext-Password := hello"])
            let server = try ServerUnderTest.start(site.database.url, certificates.settings.merging(Self.settings) { $1 })
            let authenticator = try Authenticator(server, "alice")
            func run(_ password: String) throws -> EAPOLTest.Result {
                let lines = certificates.authority + EAPOLTest.user("alice", password) + ["phase2=\"auth=PAP\""]
                return try EAPOLTest.run(EAPOLTest.tunnel("TTLS", lines), port: server.authPort)
            }
            #expect(try !run("hello").succeeded)
            let good = try run("hello\(authenticator.code())")
            #expect(good.succeeded && good.keysMatch, "\(good.summary)")
            #expect(try server.stop() == .code(0))
        }
    }
}
