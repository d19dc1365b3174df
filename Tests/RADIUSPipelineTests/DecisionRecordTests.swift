import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import Testing

/// What a decision's record tells operators, and what it never does.
@Suite struct DecisionRecordTests {
    private static func installation(isTraced: Bool = false) throws -> Installation {
        var installation = try Installation(isTraced: isTraced)
        installation.client.organizationID = "cafe"
        installation.stores["bob"] = UserPolicy(
            checks: rows(.radcheck, organization: "cafe", ("Cleartext-Password", ":=", "hello")))
        return installation
    }

    @Test func theRequestIsToldWithoutItsProofs() throws {
        let site = try Self.installation()
        let decision = try site.logIn("bob", "hello", [("Calling-Station-Id", "02-00-00-00-00-01"), ("Called-Station-Id", "ap:guests")])
        let record = try #require(decision.record)
        #expect(
            record.requestAttributes == [
                "User-Name = bob", "User-Password = <secret>", "Calling-Station-Id = 02-00-00-00-00-01", "Called-Station-Id = ap:guests",
            ])
        #expect(record.organizationID == "cafe" && record.calledStationID == "ap:guests" && record.method == "PAP")

        let proofs = try [
            site.attribute("User-Name", "bob"), site.attribute("CHAP-Password", octets: [1] + [UInt8](repeating: 7, count: 16)),
            site.attribute("CHAP-Challenge", octets: [UInt8](repeating: 9, count: 16)),
            site.attribute("MS-CHAP-Response", octets: [UInt8](repeating: 5, count: 50)),
            site.attribute("MS-CHAP-Challenge", octets: [UInt8](repeating: 6, count: 8)),
        ]
        let lines = try #require(try site.decide(proofs).record).requestAttributes
        #expect(lines.contains("CHAP-Password = <secret>") && lines.contains("MS-CHAP-Response = <secret>"))
        #expect(lines.contains("CHAP-Challenge = 0x" + String(repeating: "09", count: 16)))
        #expect(lines.contains("MS-CHAP-Challenge = 0x" + String(repeating: "06", count: 8)))
    }

    @Test func eachStageTellsWhatItCameTo() throws {
        let site = try Self.installation()
        let refused = try #require(try site.logIn("bob", "wrong").record)
        let deciding = try #require(refused.stages.first { $0.name == refused.decidedBy })
        #expect(deciding.outcome == "reject")
        for stage in refused.stages where stage.name != refused.decidedBy {
            #expect(stage.outcome == (stage.notes.isEmpty ? "noop" : "next"), "\(stage.name)")
        }
        let accepted = try #require(try site.logIn("bob", "hello").record)
        #expect(accepted.decidedBy == nil && accepted.outcome == "Access-Accept")
    }

    @Test func whoFollowsLoginsSeesNoRehearsal() throws {
        let site = try Self.installation(isTraced: true)
        let attributes = try [site.attribute("User-Name", "bob"), site.attribute("User-Password", "hello")]
        _ = try site.decide(attributes, isRehearsal: true)
        #expect(site.trace.records.isEmpty && site.log.entries.isEmpty)
        _ = try site.decide(attributes)
        #expect(site.trace.records.count == 1)
        #expect(site.log.entries.map(\.method) == ["PAP"])
    }
}
