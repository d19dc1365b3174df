import Testing

@Suite struct DictionaryCommandTests {
    @Test func checkCountsOrNamesTheMistake() throws {
        let program = try Program()
        try program.write("ATTRIBUTE\tOne\t1\tinteger\nVALUE\tOne\tFirst\t1\n", to: "dictionary")
        let result = try program.succeed("dictionary", "check", "dictionary")
        #expect(result.output.contains("attribute names:                1\n"))
        #expect(result.output.contains("values:                         1\n"))
        try program.write("ATTRIBUTE\tOne\n", to: "dictionary")
        let wrong = try program.run("dictionary", "check", "dictionary")
        #expect(wrong.code == 1)
        #expect(wrong.errors.hasPrefix("radian: dictionary:1: "))
        #expect(try program.run("dictionary", "check", "absent").code == 1)
    }

    @Test func findKnowsNamesPartsAndNumbers() throws {
        let program = try Program()
        let service = try #require(try program.succeed("dictionary", "find", "service-type", "--json").json().first)
        #expect(service["name"] as? String == "Service-Type")
        #expect(service["oid"] as? String == "6")
        let values = try #require(service["values"] as? [[String: Any]])
        #expect(values.contains { $0["name"] as? String == "Authenticate-Only" && $0["number"] as? Int == 8 })

        #expect(try program.succeed("dictionary", "find", "4").output.contains("NAS-IP-Address"))
        #expect(try program.succeed("dictionary", "find", "26.9.1").output.contains("Cisco-AVPair"))
        #expect(try program.succeed("dictionary", "find", "User-Password").output.contains("encrypt=1"))
        #expect(try program.succeed("dictionary", "find", "timeout").output.contains("Session-Timeout"))
        let nothing = try program.run("dictionary", "find", "nothing-like-it")
        #expect(nothing.code == 1)
        #expect(nothing.errors.hasPrefix("radian: the dictionary has no attribute 'nothing-like-it'"))
    }
}
