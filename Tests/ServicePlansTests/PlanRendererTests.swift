import Foundation
import RADIUSDictionary
import RADIUSWire
import Testing

@testable import ServicePlans

@Suite struct PlanRendererTests {
    static let dictionary = Result { () throws(DictionaryError) in
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try AttributeDictionary.load(root.appendingPathComponent("Dictionaries").path)
    }

    private func renderer(tag: UInt8? = nil) throws -> PlanRenderer { PlanRenderer(try Self.dictionary.get(), vlanTag: tag) }

    private func lines(_ plan: RenderedPlan) -> [String] {
        plan.attributes.map { "\($0.printedName) = \($0.printedValue)" } + plan.notes.map { "# \($0)" }
    }

    private func terms(_ set: (inout PlanTerms) -> Void) -> PlanTerms {
        var terms = PlanTerms()
        set(&terms)
        return terms
    }

    /// Everything a plan may ask for; the volume needs more than 32 bits.
    static var everything: PlanTerms {
        var terms = PlanTerms()
        terms.downRate = 2_000_000
        terms.upRate = 1_500_500
        terms.downBurst = 4_000_000
        terms.upBurst = 3_000_000
        terms.downVolume = 5 << 30
        terms.upVolume = 1 << 30
        terms.totalVolume = 6 << 30
        terms.sessionSeconds = 3600
        terms.idleSeconds = 300
        terms.interimSeconds = 600
        terms.vlan = .id(20)
        terms.role = "12"
        terms.acl = "guests"
        terms.redirectURL = "https://portal.example/"
        terms.redirectACL = "portal"
        terms.priority = 5
        return terms
    }

    @Test(arguments: NASTemplate.all.map { $0.names[0] })
    func everyKindOfNASAgreesWithItsGoldenLines(_ type: String) throws {
        let golden = try #require(
            GoldenPlans.all[type] ?? (GoldenPlans.plainTypes.contains(type) ? GoldenPlans.plain(type) : nil), "no golden lines for \(type)")
        #expect(lines(try renderer().attributes(Self.everything, for: type, in: .accept)) == GoldenPlans.standard + golden)
    }

    @Test func everyAttributeIsInTheDictionaryAndOnTheWire() throws {
        let dictionary = try Self.dictionary.get()
        for template in NASTemplate.all {
            for name in template.attributes.flatMap(\.attributes) {
                let definition = try #require(dictionary.attribute(named: name), "\(name)")
                #expect(definition.space != .internal, "\(name)")
            }
        }
    }

    @Test func namesAreUniqueAndLowerCase() {
        let names = NASTemplate.all.flatMap(\.names)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0 == $0.lowercased() })
        #expect(NASType.canonicalName("RouterOS") == "mikrotik")
        #expect(NASType.canonicalName("tp-link") == "omada")
        #expect(NASType.canonicalName("never heard of") == nil)
    }

    @Test(arguments: NASTemplate.all.map { $0.names[0] }, [PlanRenderer.Purpose.accept, .changeOfAuthorization])
    func everyPlanSurvivesThePacket(_ type: String, _ purpose: PlanRenderer.Purpose) throws {
        let dictionary = try Self.dictionary.get()
        let secret = SharedSecret(Array("testing123".utf8))
        for vlan in [PlanTerms.VLAN.id(20), .name("guests")] {
            for tag in [nil, 1, 31] as [UInt8?] {
                var terms = Self.everything
                terms.vlan = vlan
                let plan = try renderer(tag: tag).attributes(terms, for: type, in: purpose)
                var encoder = AttributeEncoder(secret: secret, vector: .zero, dictionary: dictionary)
                for attribute in plan.attributes { try encoder.append(attribute) }
                let packet = try Packet(
                    validating: Packet.request(
                        .coaRequest, identifier: 1, authenticator: nil, attributes: encoder.bytes, secret: secret,
                        messageAuthenticator: false))
                // By number, since a vendor's attributes may have two names.
                let decoded = packet.decode(dictionary, secret: secret)
                #expect(decoded.map(\.definition.oid) == plan.attributes.map(\.definition.oid))
                #expect(decoded.map(\.tag) == plan.attributes.map(\.tag))
                #expect(decoded.map(\.value) == plan.attributes.map(\.value))
            }
        }
    }

    @Test(
        arguments: [
            (0, 1, nil), (1, 1, nil), (4_294_967_295, 4_294_967_295, nil), (4_294_967_296, 0, 1), (4_294_967_297, 1, 1),
            (10 << 32, 0, 10),
        ] as [(UInt64, UInt64, UInt64?)])
    func gigawordsTakeWhatLiesAbove32Bits(_ octets: UInt64, _ low: UInt64, _ high: UInt64?) throws {
        let terms = terms { $0.totalVolume = octets }
        let plan = try renderer().attributes(terms, for: "mikrotik", in: .accept)
        #expect(
            plan.attributes.map(\.definition.name) == ["Mikrotik-Total-Limit"] + (high == nil ? [] : ["Mikrotik-Total-Limit-Gigawords"]))
        #expect(plan.attributes.map(\.value) == [.unsigned(low)] + (high.map { [.unsigned($0)] } ?? []))
        // A change must undo earlier gigawords.
        let change = try renderer().attributes(terms, for: "mikrotik", in: .changeOfAuthorization)
        #expect(change.attributes.map(\.value) == [.unsigned(low), .unsigned(high ?? 0)])
    }

    @Test func withoutGigawordsTheVolumeIsCutAndNoted() throws {
        func plan(_ octets: UInt64) throws -> RenderedPlan {
            try renderer().attributes(terms { $0.totalVolume = octets }, for: "pfsense", in: .accept)
        }
        #expect(try lines(plan(4_294_967_295)) == ["pfSense-Max-Total-Octets = 4294967295"])
        #expect(
            try lines(plan(4_294_967_296)) == [
                "pfSense-Max-Total-Octets = 4294967295",
                "# pfSense-Max-Total-Octets holds 4294967295 at most: the total volume has to be renewed before it is used up",
            ])
    }

    @Test(
        arguments: [
            (1_000_000, 2_000_000, nil, nil, nil, "1M/2M"), (512_000, 2_500_000, nil, nil, nil, "512k/2500k"),
            (nil, 1_000_001, nil, nil, nil, "0/1000001"), (0, 64_000, nil, nil, nil, "1/64k"),
            (1_000_000, 2_000_000, nil, 4_000_000, nil, "1M/2M 0/4M 1M/2M 8/8"),
            (1_000_000, 2_000_000, 3_000_000, 4_000_000, 7, "1M/2M 3M/4M 1M/2M 8/8 1"),
            (1_000_000, 2_000_000, nil, nil, 0, "1M/2M 0/0 0/0 0/0 8"),
        ] as [(UInt64?, UInt64?, UInt64?, UInt64?, UInt8?, String)])
    func mikrotikRateLimitStartsWithTheUsersSide(
        _ up: UInt64?, _ down: UInt64?, _ upBurst: UInt64?, _ downBurst: UInt64?, _ priority: UInt8?, _ text: String
    ) throws {
        let terms = terms {
            $0.upRate = up
            $0.downRate = down
            $0.upBurst = upBurst
            $0.downBurst = downBurst
            $0.priority = priority
        }
        #expect(try lines(renderer().attributes(terms, for: "mikrotik", in: .accept)) == ["Mikrotik-Rate-Limit = \(text)"])
    }

    @Test(
        arguments: [
            ("other", "WISPr-Bandwidth-Max-Down", 2_000_001), ("coovachilli", "CoovaChilli-Bandwidth-Max-Down", 2001),
            ("cisco-wlc", "Airespace-Data-Bandwidth-Average-Contract", 2001), ("hpe", "HP-Bandwidth-Max-Egress", 2001),
            ("meraki", "Maximum-Data-Rate-Downstream", 2_000_001), ("huawei", "Huawei-Output-Average-Rate", 2_000_001),
            ("h3c", "H3C-Output-Average-Rate", 2_000_001), ("zte", "ZTE-Rate-Ctrl-SCR-Down", 2001), ("nomadix", "Nomadix-Bw-Down", 2001),
            ("pfsense", "pfSense-Bandwidth-Max-Down", 2_000_001), ("roaring-penguin", "RP-Downstream-Speed-Limit", 2001),
            ("ascend", "Ascend-Xmit-Rate", 2_000_001), ("dlink", "Dlink-Egress-Bandwidth-Assignment", 2001),
            ("motorola", "Motorola-Canopy-DLBR", 2001),
        ] as [(String, String, UInt64)])
    func ratesTravelInTheNASsUnit(_ type: String, _ name: String, _ value: UInt64) throws {
        let plan = try renderer().attributes(terms { $0.downRate = 2_000_001 }, for: type, in: .accept)
        #expect(plan.attributes.first { $0.definition.name == name }?.value == .unsigned(value))
        let least = try renderer().attributes(terms { $0.downRate = 0 }, for: type, in: .accept)
        #expect(least.attributes.first { $0.definition.name == name }?.value == .unsigned(1))
    }

    @Test func vlanWithAndWithoutTag() throws {
        let terms = terms { $0.vlan = .name("guests") }
        #expect(
            try lines(renderer().attributes(terms, for: "redback", in: .accept)) == [
                "Tunnel-Type = VLAN", "Tunnel-Medium-Type = IEEE-802", "Tunnel-Private-Group-Id = guests",
            ])
        #expect(
            try lines(renderer(tag: 1).attributes(terms, for: "redback", in: .accept)) == [
                "Tunnel-Type:1 = VLAN", "Tunnel-Medium-Type:1 = IEEE-802", "Tunnel-Private-Group-Id:1 = guests",
            ])
    }

    @Test func unknownTypesGetStandardAndWISPr() throws {
        let known = try renderer().attributes(Self.everything, for: "other", in: .accept)
        #expect(try renderer().attributes(Self.everything, for: "some-new-thing", in: .accept).attributes == known.attributes)
        #expect(try renderer().attributes(PlanTerms(), for: "other", in: .accept) == RenderedPlan())
    }

    @Test func whatTakesNoCoAIsNotSentOne() throws {
        let plan = try renderer().attributes(Self.everything, for: "pfSense", in: .changeOfAuthorization)
        #expect(plan.attributes.isEmpty)
        #expect(plan.notes.count == 1)
    }

    @Test func textsThatDoNotFitAreNotedAndLeftOut() throws {
        let terms = terms { $0.redirectURL = "https://portal.example/" + String(repeating: "x", count: 230) }
        #expect(
            try lines(renderer().attributes(terms, for: "other", in: .accept)) == ["# WISPr-Redirection-URL cannot hold 253 octets"])
    }

    @Test func interimIntervalsAreNeverShorterThanAMinute() throws {
        let plan = try renderer().attributes(terms { $0.interimSeconds = 5 }, for: "other", in: .accept)
        #expect(lines(plan) == ["Acct-Interim-Interval = 60"])
    }
}
