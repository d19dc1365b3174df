import Foundation
import RADIUSClient
import RADIUSWire
import Testing

@Suite struct RADIUSCommandTests {
    /// Runs the body beside a server that accepts everything.
    private static func withEcho(_ body: (_ server: String) throws -> Void) throws {
        let secret = try #require(SharedSecret(text: "echo-s3cret"))
        let server = try EchoServer(address: ServerAddress(host: "127.0.0.1", port: 0), secret: secret)
        Thread.detachNewThread { server.run() }
        defer { server.stop() }
        try body("127.0.0.1:\(server.port)")
    }

    @Test func requestsAreSentAndRepliesShown() throws {
        let program = try Program()
        try Self.withEcho { server in
            let options = ["--server", server, "--secret", "echo-s3cret"]
            for method in ["pap", "chap", "mschapv1"] {
                let result = try program.run(["radius", "test", "alice", "pw", "--method", method] + options)
                #expect(result.code == 0, "\(result.errors)")
                #expect(result.output.hasPrefix("Access-Accept from \(server) in "))
            }
            // The echo server cannot prove that it knows the password.
            #expect(try program.run(["radius", "test", "alice", "pw", "--method", "mschapv2"] + options).code == 1)
            #expect(try program.run(["radius", "status"] + options).output.hasPrefix("Access-Accept"))
            for words in [
                ["start", "alice"], ["interim", "alice", "--input-octets", "5000000000"], ["stop", "alice", "--cause", "User-Request"],
                ["on"],
            ] {
                let result = try program.run(["radius", "acct"] + words + options)
                #expect(result.code == 0, "\(result.errors)")
                #expect(result.output.hasPrefix("Accounting-Response"))
            }
            let wrong = try program.run("radius", "test", "alice", "pw", "--server", server, "--secret", "other")
            #expect(wrong.code == 1)
            #expect(wrong.errors.contains("shared secret"))
            let load = try program.run(
                ["radius", "load", "--kind", "pap", "--users", "10", "--window", "4", "--count", "100", "--warm-up", "0", "--json"]
                    + options)
            #expect(load.code == 0, "\(load.errors)")
            #expect(try load.json().first?["accepts"] as? Int == 100)
        }
    }

    @Test func filesOfRequestsAreSentAndTheirRepliesJudged() throws {
        let program = try Program()
        try program.write("User-Name = alice\nUser-Password = pw\n\nUser-Name = bob\nCHAP-Password = pw\n", to: "requests")
        try program.write("Packet-Type == Access-Accept\n\nClass !* ANY\n", to: "met")
        try program.write("Packet-Type == Access-Accept\n\nPacket-Type == Access-Reject, Class =* ANY\n", to: "unmet")
        try program.write("Packet-Type == Access-Accept\n", to: "few")
        try Self.withEcho { server in
            let options = ["--server", server, "--secret", "echo-s3cret"]
            let plain = try program.run(["radius", "send", "requests"] + options)
            #expect(plain.code == 0, "\(plain.errors)")
            #expect(plain.output.components(separatedBy: "Access-Accept from \(server)").count == 3)
            #expect(plain.output.contains("2 requests: 2 as expected, 0 not as expected, 0 without a valid reply"))
            let many = try program.run(["radius", "send", "requests:met", "-c", "50", "-p", "8", "-q"] + options)
            #expect(many.code == 0, "\(many.errors)")
            #expect(many.output == "100 requests: 100 as expected, 0 not as expected, 0 without a valid reply\n")
            let unmet = try program.run(["radius", "send", "requests:unmet"] + options)
            #expect(unmet.code == 1)
            #expect(unmet.errors.contains("radian: request 2: Access-Reject was expected, Access-Accept came"))
            #expect(unmet.errors.contains("radian: request 2: Class =* ANY was expected, there is none"))
            #expect(try program.run(["radius", "send", "requests:few"] + options).errors.contains("2 requests, but 1 filters"))
            #expect(
                try program.run(["radius", "send", "-"] + options, input: "Acct-Status-Type = Start\n").output.contains("Accounting-Resp"))
            let silent = try program.run([
                "radius", "send", "requests", "--attempts", "1", "--timeout", "0.1", "--server", server, "--secret", "x",
            ])
            #expect(silent.code == 1 && silent.output.contains("2 without a valid reply"))
            #expect(try program.run(["radius", "send", "nothing"] + options).errors.contains("nothing cannot be read"))
            #expect(try program.run(["radius", "send", "-"] + options, input: "User-Name\n").code == 64)
        }
    }

    @Test func aSecretForThisMachineComesFromItsNAS() throws {
        let program = try Program()
        try Self.withEcho { server in
            let missing = try program.run("radius", "status", "--server", server)
            #expect(missing.code == 1)
            try program.succeed("migrate")
            #expect(try program.run("radius", "status", "--server", server).errors.contains("radian nas add"))
            try program.succeed("nas", "add", "here", "--address", "127.0.0.0/8", "--secret", "echo-s3cret")
            try program.succeed("radius", "status", "--server", server)
        }
    }

    @Test func attributesAreChecked() throws {
        for attribute in ["Nonsense=1", "Session-Timeout=long", "Session-Timeout"] {
            #expect(try Program().run("radius", "test", "a", "b", "--server", "127.0.0.1:9", "--secret", "x", "-a", attribute).code == 64)
        }
    }

    /// From an empty directory to an open session, with the program alone.
    @Test(.timeLimit(.minutes(1))) func aFirstLogin() throws {
        var program = try Program()
        let secret = try #require(SharedSecret(text: "x"))
        // Ports that were free a moment ago.
        let ports = try (0..<2).map { _ in try EchoServer(address: ServerAddress(host: "127.0.0.1", port: 0), secret: secret).port }
        program.environment["RADIAN_RADIUS_AUTH_PORT"] = String(ports[0])
        program.environment["RADIAN_RADIUS_ACCT_PORT"] = String(ports[1])
        program.environment["RADIAN_RADIUS_LISTEN"] = "127.0.0.1"
        program.environment["RADIAN_HTTP_PORT"] = "0"
        let line = try program.succeed("demo").output
        let password = try #require(line.firstMatch(of: /User-Password=([^,]+),/)?.output.1)
        let server = try program.start(["serve"])
        defer {
            server.terminate()
            server.waitUntilExit()
        }
        let deadline = Date(timeIntervalSinceNow: 30)
        while try program.run("radius", "status").code != 0, Date() < deadline {}

        for method in ["pap", "chap", "mschapv1", "mschapv2"] {
            let result = try program.succeed("radius", "test", "demo", String(password), "--method", method)
            #expect(result.output.hasPrefix("Access-Accept"))
        }
        try Self.follow(program, password: String(password))
        let rejected = try program.run("radius", "test", "demo", "wrong")
        #expect(rejected.code == 1)
        #expect(rejected.output.hasPrefix("Access-Reject"))

        try program.succeed("radius", "acct", "start", "demo", "--framed-ip", "10.0.0.7")
        try program.succeed("radius", "acct", "interim", "demo", "--seconds", "60", "--input-octets", "5000000000")
        let session = try #require(try program.succeed("session", "list", "--user", "demo", "--json").json().first)
        #expect(session["framed_ip_address"] as? String == "10.0.0.7")
        #expect(session["input_octets"] as? Int == 5_000_000_000)
        try program.succeed("radius", "acct", "stop", "demo", "--seconds", "90", "--cause", "User-Request")
        #expect(try program.succeed("session", "list", "--json").json().isEmpty)
        #expect(try program.succeed("session", "list", "--all", "--json").json().first?["terminate_cause"] as? String == "User-Request")
    }

    /// Logs in until a trace that was started a moment before has seen it.
    private static func follow(_ program: borrowing Program, password: String) throws {
        try program.write("", to: "trace.txt")
        let file = program.directory.appendingPathComponent("trace.txt")
        let trace = try program.start(["trace", "--user", "demo"], output: FileHandle(forWritingTo: file))
        defer {
            trace.terminate()
            trace.waitUntilExit()
        }
        let deadline = Date(timeIntervalSinceNow: 20)
        var text = ""
        while !text.contains("Access-Accept"), Date() < deadline {
            try program.succeed("radius", "test", "demo", password)
            text = try String(contentsOf: file, encoding: .utf8)
        }
        #expect(text.contains("Access-Accept"))
        #expect(!text.contains(password))
    }
}
