import Foundation
import NIOConcurrencyHelpers
import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import Testing
import WebRouting
import WebTestSupport

@testable import Insight

/// Rehearsals of logins by the API: for whose devices, with what, and what is told.
@Suite struct ReplayTests {
    private static let path = "/api/v1/radius/replay/"
    private static let (cafe, museum) = ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222")
    private static let dictionary = Result { () throws(DictionaryError) in
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try AttributeDictionary.load(root.appendingPathComponent("Dictionaries").path)
    }

    private struct Directory: NASDirectory {
        let table: NASTable
        func unknownSource(_ address: IPAddress) {}
        func learned(_ client: NASClient, requireMessageAuthenticator: Requirement?, limitProxyState: Requirement?) {}
    }

    private static func manager(_ organizations: String...) -> Principal {
        Principal(
            id: "id", username: "eve", method: .apiToken,
            memberships: Dictionary(organizations.map { ($0, .manager) }) { first, _ in first },
            permissions: ["add_radiuspostauth"])
    }

    private static func device(_ id: Int64, _ name: String, _ address: String, _ organization: String?) throws -> NASClient {
        NASClient(
            id: id, name: name, prefix: IPPrefix(try #require(IPAddress(address))), secret: SharedSecret([1]), organizationID: organization)
    }

    private static func client(_ rehearsal: ScriptedRehearsal) throws -> TestClient {
        let devices = try [
            device(1, "gate", "192.0.2.1", cafe), device(2, "door", "192.0.2.2", museum), device(3, "shared", "192.0.2.3", nil),
        ]
        return TestClient(
            [ReplayRoute(rehearsal: rehearsal, directory: Directory(table: NASTable(devices))).route],
            authenticator: FixedAuthenticator([
                "cafe": manager(cafe), "both": manager(cafe, museum),
                "root": Principal(id: "root", username: "root", method: .apiToken, isSuperuser: true),
                "looker": Principal(
                    id: "id", username: "l", method: .apiToken, memberships: [cafe: .manager], permissions: ["view_radiuspostauth"]),
            ]))
    }

    @Test func theLoginIsDecidedForADeviceThatTheCallerManages() async throws {
        let rehearsal = ScriptedRehearsal(try Self.dictionary.get())
        let client = try Self.client(rehearsal)
        for (who, more, device) in [
            ("cafe", [:], "console \(Self.cafe)"), ("cafe", ["nas": "gate"], "gate \(Self.cafe)"),
            ("cafe", ["nas": "1"], "gate \(Self.cafe)"),
            ("cafe", ["nas": 1], "gate \(Self.cafe)"), ("both", ["nas": "DOOR"], "door \(Self.museum)"),
            ("both", ["organization": .string(Self.museum)], "console \(Self.museum)"), ("root", [:], "console -"),
            ("root", ["nas": "shared"], "shared -"), ("root", ["organization": .string(Self.cafe)], "console \(Self.cafe)"),
        ] as [(String, JSONValue, String)] {
            let answer = await client.bearing(who).post(Self.path, Self.body(more))
            #expect(answer.status == 200, "\(who) \(more): \(answer.text)")
            #expect(rehearsal.last?.device == device, "\(who) \(more)")
        }
        for (who, more, key) in [
            ("cafe", ["nas": "door"], "nas"), ("cafe", ["nas": "shared"], "nas"), ("root", ["nas": "unheard"], "nas"),
            ("cafe", ["organization": .string(Self.museum)], "organization"), ("both", [:], "organization"),
            ("cafe", ["organization": "x"], "organization"),
        ] as [(String, JSONValue, String)] {
            let answer = await client.bearing(who).post(Self.path, Self.body(more))
            #expect(answer.status == 400 && answer.keys == [key], "\(who) \(more): \(answer.text)")
        }
        let looker = await client.bearing("looker").post(Self.path, Self.body([:]))
        #expect(looker.status == 403)
    }

    private static func body(_ more: JSONValue) -> JSONValue {
        guard case .object(let members) = more else { return more }
        return .object([.init("username", "bob"), .init("password", "s3cret words")] + members)
    }

    @Test func theRequestHasWhatWasTyped() async throws {
        let rehearsal = ScriptedRehearsal(try Self.dictionary.get())
        let client = try Self.client(rehearsal).bearing("cafe")
        let more: JSONValue = [
            "calling_station_id": "02-00-00-00-00-01", "called_station_id": "ap:guests", "attributes": ["NAS-Port-Type = Ethernet"],
        ]
        let answer = await client.post(Self.path, Self.body(more))
        #expect(answer.status == 200, "\(answer.text)")
        #expect(
            rehearsal.last?.attributes == [
                "User-Name = bob", "User-Password = s3cret words", "Calling-Station-Id = 02-00-00-00-00-01",
                "Called-Station-Id = ap:guests", "NAS-Port-Type = Ethernet",
            ])
        #expect(!answer.text.contains("s3cret"))
        for attributes in [
            ["NAS-Port-Type"], ["No-Such = 1"], ["NAS-Port-Type = Carrier-Pigeon"], ["EAP-Message = 0x0201000501"], [1], "NAS-Port = 1",
        ] as [JSONValue] {
            let refused = await client.post(Self.path, Self.body(["attributes": attributes]))
            #expect(refused.status == 400 && refused.keys == ["attributes"], "\(attributes): \(refused.text)")
            #expect(!refused.text.contains("s3cret"))
        }
        for missing in ["username", "password"] {
            let body: JSONValue = missing == "username" ? ["password": "x"] : ["username": "x"]
            let refused = await client.post(Self.path, body)
            #expect(refused.status == 400 && refused.keys == [missing], "\(refused.text)")
        }
    }

    @Test func whatCannotBeDecidedIsAProblem() async throws {
        let rehearsal = ScriptedRehearsal(try Self.dictionary.get())
        let client = try Self.client(rehearsal).bearing("cafe")
        rehearsal.refusal.withLockedValue { $0 = .busy }
        let busy = await client.post(Self.path, Self.body([:]))
        #expect(busy.status == 503)
        rehearsal.refusal.withLockedValue { $0 = .noPacket }
        let none = await client.post(Self.path, Self.body([:]))
        #expect(none.status == 400 && none.keys == ["non_field_errors"])
        rehearsal.refusal.withLockedValue { $0 = nil }
        rehearsal.organization.withLockedValue { $0 = Self.museum }
        let foreign = await client.post(Self.path, Self.body([:]))
        #expect(foreign.status == 400 && foreign.keys == ["username"] && !foreign.text.contains("decided elsewhere"))
    }
}

/// Remembers what it was asked and accepts it.
final class ScriptedRehearsal: LoginRehearsal {
    struct Asked: Sendable {
        /// Name and organization.
        var device: String
        var attributes: [String]
    }

    let dictionary: AttributeDictionary
    let refusal = NIOLockedValueBox<RehearsalRefusal?>(nil)
    /// Of the users who were asked, instead of the device's.
    let organization = NIOLockedValueBox<String?>(nil)
    private let asked = NIOLockedValueBox<Asked?>(nil)

    init(_ dictionary: AttributeDictionary) { self.dictionary = dictionary }

    var last: Asked? { asked.withLockedValue { $0 } }

    func decide(_ login: RehearsedLogin) async throws -> DecisionRecord {
        if let refusal = refusal.withLockedValue({ $0 }) { throw refusal }
        asked.withLockedValue { asked in
            asked = Asked(
                device: "\(login.client.name) \(login.client.organizationID ?? "-")",
                attributes: login.attributes.map { "\($0.printedName) = \(Self.text($0))" })
        }
        return DecisionRecord(
            requestID: 1, epochMicroseconds: 0, requestName: "Access-Request", nasName: login.client.name, nasAddress: "192.0.2.1",
            organizationID: organization.withLockedValue { $0 } ?? login.client.organizationID,
            stages: [DecisionRecord.StageEntry(name: "Test", elapsedNanoseconds: 0, notes: ["decided elsewhere"])], outcome: "Access-Accept"
        )
    }

    private static func text(_ attribute: Attribute) -> String {
        if case .bytes(let octets) = attribute.value { String(decoding: octets, as: UTF8.self) } else { attribute.printedValue }
    }
}
