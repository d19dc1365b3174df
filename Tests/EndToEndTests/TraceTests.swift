import Digests
import Foundation
import RADIUSClient
import RADIUSWire
import TestSupport
import Testing

/// What operators see of a decision, and what nobody may see.
@PeerThread
@Suite
struct TraceTests {
    private static let password = "Tr0ub4dor&3-of-alice"
    private static let attempt = "wr0ng-guess-of-alice"

    @Test("radian trace shows a failed login with its reason, and neither the password nor the secret")
    func failedLogin() throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["Cleartext-Password := \(Self.password)"])
            try site.addUser("bob", check: ["Cleartext-Password := x"])
            let server = try ServerUnderTest.start(site.database.url)
            let trace = try ChildProcess(
                Surroundings.radian, ["trace", "--user", "alice"], environment: server.environment, directory: server.directory)
            try eventually("a trace of alice") {
                _ = try server.auth().authenticate(user: "bob", password: "x", method: .pap)
                _ = try server.auth().authenticate(
                    user: "alice", password: Self.attempt, method: .pap, attributes: [Attribute("Calling-Station-Id = 00-11-22-33-44-55")])
                return trace.output.wait(for: "password.mismatch", seconds: 0.2)
            }
            try trace.expect("The password is wrong.")
            trace.send(SIGINT)
            _ = try trace.wait()

            let text = trace.output.text
            #expect(text.contains("Access-Request from nas-127.0.0.1 (127.0.0.1)"))
            #expect(text.contains("user alice"))
            #expect(text.contains("station 00-11-22-33-44-55"))
            #expect(text.contains("=> Access-Reject [password.mismatch]"))
            #expect(!text.contains("bob"))
            for secret in Self.secrets { #expect(!text.contains(secret), "\(secret) in:\n\(text)") }
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("no secret stands in the log at level trace, nor in radpostauth", arguments: TestDatabase.Engine.available)
    func silentLog(engine: TestDatabase.Engine) throws {
        try Site.with(engine) { site in
            let hash = NTHash.hash(password: Self.password).map { String(format: "%02x", $0) }.joined()
            try site.addUser("alice", check: ["Cleartext-Password := \(Self.password)"], reply: ["Tunnel-Password:1 = \(Self.attempt)"])
            try site.addUser("hashed", check: ["NT-Password := \(hash)"])
            try site.addUser("broken", check: ["NT-Password := \(Self.password)", "Cleartext-Password = \(Self.password)"])
            let server = try ServerUnderTest.start(site.database.url, ["RADIAN_LOG_LEVEL": "trace"])
            for user in ["alice", "hashed", "broken", "nobody"] {
                for method in AuthenticationMethod.allCases {
                    for password in [Self.password, Self.attempt] {
                        _ = try server.auth().authenticate(user: user, password: password, method: method)
                    }
                }
            }
            // The wrong secret, the wrong kind of packet.
            _ = try? server.auth(SharedSecret(Array("another secret".utf8)), timeout: .milliseconds(100), attempts: 1)
                .authenticate(user: "alice", password: Self.password, method: .pap)
            #expect(try server.stop() == .code(0))
            #expect(server.log.contains("radian has stopped"))
            for secret in Self.secrets + [hash, hash.uppercased()] { #expect(!server.log.contains(secret), "\(secret)") }
            #expect(try site.count("SELECT count(*) FROM radpostauth") == 32)
            #expect(try site.count("SELECT count(*) FROM radpostauth WHERE COALESCE(pass, '') <> ''") == 0)
        }
    }

    private static let secrets = [password, attempt, Site.secretText].flatMap { text in
        [text, text.utf8.map { String(format: "%02x", $0) }.joined(), Data(text.utf8).base64EncodedString()]
    }
}
