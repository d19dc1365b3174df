import Testing

@testable import Sessions

@Suite struct OpenVPNDialogueTests {
    private static let banner = ">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info\r\n"
    private static let table = """
        TITLE\tOpenVPN 2.6.14\r
        TIME\t2026-11-22 00:00:00\t1795305600\r
        HEADER\tCLIENT_LIST\tCommon Name\tReal Address\r
        CLIENT_LIST\tlobby, 02:00:00:00:00:aa\t192.0.2.7:1194\r
        >BYTECOUNT:1,2\r
        HEADER\tROUTING_TABLE\tVirtual Address\tCommon Name\tReal Address\tLast Ref\tLast Ref (time_t)\r
        ROUTING_TABLE\t02:00:00:00:00:01\tlobby, 02:00:00:00:00:aa\t192.0.2.7:1194\t2026-11-22 00:00:00\t1795305600\r
        ROUTING_TABLE\t10.8.0.6\tother\t192.0.2.8:1194\t2026-11-22 00:00:00\t1795305600\r
        GLOBAL_STATS\tMax bcast/mcast queue length\t0\r
        END\r

        """
    private static let routes = [
        OpenVPNDialogue.Route(virtualAddress: "02:00:00:00:00:01", commonName: "lobby, 02:00:00:00:00:aa"),
        OpenVPNDialogue.Route(virtualAddress: "10.8.0.6", commonName: "other"),
    ]

    @Test("with a password: prompt, banner, table, whatever way it is cut", arguments: [1, 2, 7, 64, 4096])
    func password(size: Int) throws {
        var dialogue = OpenVPNDialogue(password: "secret")
        let whole = Array(("ENTER PASSWORD:SUCCESS: password is correct\r\n" + Self.banner + Self.table).utf8)
        var steps: [OpenVPNDialogue.Step] = []
        for start in stride(from: 0, to: whole.count, by: size) {
            steps += try dialogue.receive(whole[start..<min(start + size, whole.count)])
        }
        #expect(steps == [.say("secret\n"), .say("status 3\n"), .done(Self.routes)])
    }

    @Test("without a password the banner comes first")
    func noPassword() throws {
        var dialogue = OpenVPNDialogue(password: "not needed")
        #expect(try dialogue.receive(Self.banner.utf8) == [.say("status 3\n")])
        #expect(try dialogue.receive(Self.table.utf8) == [.done(Self.routes)])
    }

    @Test("what goes wrong is said")
    func failures() {
        func failure(_ password: String, _ text: String) -> OpenVPNDialogue.Failure? {
            var dialogue = OpenVPNDialogue(password: password)
            do throws(OpenVPNDialogue.Failure) {
                _ = try dialogue.receive(text.utf8)
                return nil
            } catch {
                return error
            }
        }
        #expect(failure("", "ENTER PASSWORD:") == .passwordWanted)
        #expect(failure("x", "ENTER PASSWORD:ERROR: bad password\r\n") == .refused("bad password"))
        #expect(failure("", Self.banner + "ERROR: unknown command\r\n") == .refused("unknown command"))
        #expect(failure("", String(repeating: "x", count: 5000)) == .tooLong)
        #expect(failure("", Self.banner + String(repeating: "ROUTING_TABLE\ta\tb\n", count: 100_001)) == .tooLong)
        #expect(failure("", Self.banner) == nil)
    }
}

@Suite struct HardwareAddressTests {
    @Test(
        "addresses in all spellings are the same",
        arguments: ["02-00-00-00-00-0A", "02:00:00:00:00:0a", "0200.0000.000a", "02000000000A"])
    func digits(text: String) {
        #expect(HardwareAddress.digits(text) == "02000000000a")
    }

    @Test("other texts are none", arguments: ["", "10.8.0.6", "bob", "02-00-00-00-00", "02-00-00-00-00-0A-0B", "02-00-00-00-00-0G"])
    func none(text: String) {
        #expect(HardwareAddress.digits(text) == nil)
    }

    @Test(
        "the address in a name",
        arguments: [
            ("02:00:00:00:00:AA", "02-00-00-00-00-AA"), ("ap 02-00-00-00-00-aa.example.org", "02-00-00-00-00-aa"),
            ("lobby-0200000000aa", "02-00-00-00-00-aa"), ("de:02:00:00:00:00:aa", "de-02-00-00-00-00"),
        ])
    func first(text: String, address: String) {
        #expect(HardwareAddress.first(in: text) == address)
    }

    @Test("no address in a name", arguments: ["", "lobby", "0200000000aab", "02:00-00:00:00:aa", "02:00:00:00:00", "ö02:00:00:00:00:zz"])
    func noneInside(text: String) {
        #expect(HardwareAddress.first(in: text) == nil)
    }
}
