import Testing

@testable import Composition

@Suite struct LetterLinkCheckTests {
    private func findings(_ yaml: String) throws -> [Finding] { LetterLinkCheck().findings(try TestScene.make(yaml)) }

    @Test func `letters without an address of the configuration's are a warning`() throws {
        let found = try findings("messages:\n  email: file\n")
        #expect(found.map(\.check) == ["messages.links"])
        #expect(found.map(\.severity) == [.warning])
        #expect(try findings("sms_gateways:\n  - {type: file}\n").count == 1)
    }

    @Test(arguments: [
        "", "messages:\n  email: file\nhttp:\n  public_url: https://radius.example.org\n", "messages:\n  email: file\nhttp:\n  port: 0\n",
    ]) func `no letters, a known address and no HTTP are none`(yaml: String) throws {
        #expect(try findings(yaml) == [])
    }
}
