import Foundation
import Testing

@Suite struct MessageCommandTests {
    @Test func `a test message waits for the server, and is told about`() throws {
        let program = try Program()
        let test = try program.run("message", "test", "user@example.org", "--wait", "0", "--language", "it")
        #expect(test.code == 1)
        #expect(test.errors.contains("nobody has sent it; is the server running?"))
        let id = try #require(test.output.firstMatch(of: /message (\S+) queued/).map { String($0.1) })
        let list = try program.succeed("message", "list", "--json").json()
        #expect(list.count == 1)
        #expect(list[0]["id"] as? String == id)
        #expect(list[0]["state"] as? String == "queued")
        #expect(list[0]["subject"] as? String == "Messaggio di prova di Radian")
        let show = try program.succeed("message", "show", id).output
        #expect(show.contains("user@example.org"))
        #expect(show.contains("Questo è un messaggio di prova di Radian."))
        #expect(try program.succeed("message", "list", "--state", "failed").errors.contains("there are no such messages"))
        #expect(try program.run("message", "retry", id).errors.contains("has not failed"))
        #expect(try program.run("message", "show", "nonsense").errors.contains("there is no message 'nonsense'"))
    }

    @Test(arguments: [
        (["message", "test", "nonsense"], "no e-mail address"), (["message", "test", "+39"], "no telephone number"),
        (["message", "test", "a@b.c", "--language", "la"], "--language must be"),
        (["message", "list", "--state", "x"], "--state must be one of"),
        (["message", "template", "set", "cafe", "x", "sms", "en", "--text", "x"], "the kind must be one of"),
    ]) func `wrong usage is code 64`(_ arguments: [String], _ problem: String) throws {
        let program = try Program()
        let result = try program.run(arguments)
        #expect(result.code == 64)
        #expect(result.errors.contains(problem), "\(result.errors)")
    }

    @Test func `an organization's texts`() throws {
        let program = try Program()
        try program.succeed("organization", "add", "cafe", "--name", "Café")
        let refused = try program.run("message", "template", "set", "cafe", "sms-code", "sms", "it", "--text", "niente")
        #expect(refused.code == 64)
        #expect(refused.errors.contains("The text must contain {code}."))
        try program.write("Codice: {code}", to: "text")
        try program.succeed("message", "template", "set", "cafe", "sms-code", "sms", "it", "--text", "@text")
        #expect(try program.succeed("message", "template", "list", "cafe").output.contains("Codice: {code}"))
        try program.succeed("message", "template", "remove", "cafe", "sms-code", "sms", "it")
        #expect(try program.run("message", "template", "remove", "cafe", "sms-code", "sms", "it").code == 1)
        #expect(try program.run("message", "template", "list", "nowhere").errors.contains("there is no organization 'nowhere'"))
    }

    @Test func `costs of days without messages`() throws {
        let program = try Program()
        try program.succeed("migrate")
        #expect(try program.succeed("message", "costs").errors.contains("no message was sent in these days"))
        #expect(try program.succeed("message", "costs", "--json").output.filter { !$0.isWhitespace } == "[]")
    }

    /// The whole way: configuration, outbox, running server, gateway.
    @Test func `a running server sends test messages, and knows what they cost`() throws {
        let program = try Program()
        try program.write(
            """
            radius: {listen: [127.0.0.1], auth_port: 0, acct_port: 0}
            http: {port: 0}
            messages: {email: file, file: sent.jsonl, poll_interval: 0.1, sms_allowed_prefixes: [+39]}
            sms_gateways: [{name: dev, type: file, prices: {"+39": 0.045}}]
            """, to: "radian.yaml")
        try program.succeed("organization", "add", "cafe", "--name", "Café")
        let server = try program.start(["serve", "--config", "radian.yaml"])
        defer {
            server.terminate()
            server.waitUntilExit()
        }
        let mail = try program.succeed("message", "test", "user@example.org", "--wait", "60", "--config", "radian.yaml")
        #expect(mail.output.contains("delivered by file"))
        let text = try program.succeed(
            "message", "test", "+393331234567", "--organization", "cafe", "--gateway", "dev", "--wait", "60", "--config", "radian.yaml")
        #expect(text.output.contains("delivered by dev"))
        let refused = try program.run("message", "test", "+447911123456", "--wait", "60", "--config", "radian.yaml")
        #expect(refused.code == 1)
        #expect(refused.errors.contains("failed: prefix-not-allowed"))
        let sent = try String(contentsOf: program.directory.appendingPathComponent("sent.jsonl"), encoding: .utf8).split(separator: "\n")
        #expect(sent.count == 2)
        #expect(sent[1].contains("This is a test message of Café."))
        let costs = try program.succeed("message", "costs", "--json", "--config", "radian.yaml").json()
        #expect(costs.map { $0["gateway"] as? String } == ["file", "dev"])
        #expect(costs.map { $0["cost"] as? Double } == [0, 0.045])
        #expect(costs.map { $0["organization"] as? String } == ["", "cafe"])
    }
}
