import Database
import DynamicAuthorization
import NASClients
import RADIUSPipeline
import RADIUSTransport
import TestSupport
import Testing

@testable import SessionActions

@Suite struct SelectorTests {
    @Test func wordsAndKeys() throws {
        let mac = try #require(MACAddress("02:00:00:00:00:01"))
        #expect(SessionSelector("user=alice") == .user("alice"))
        #expect(SessionSelector("user=a=b") == .user("a=b"))
        #expect(SessionSelector("alice") == .userOrSessionID("alice"))
        #expect(SessionSelector("session=0001") == .acctSessionID("0001"))
        #expect(SessionSelector("id=ABC") == .uniqueID("abc"))
        #expect(SessionSelector("3D2DE00C3461C61D55AF63486506A512") == .uniqueID("3d2de00c3461c61d55af63486506a512"))
        #expect(SessionSelector("mac=0200.0000.0001") == .station(mac))
        #expect(SessionSelector("02-00-00-00-00-01") == .station(mac))
        #expect(SessionSelector("10.0.0.9") == IPAddress("10.0.0.9").map { .framedAddress($0) })
        #expect(SessionSelector("nas=192.0.2.1") == IPAddress("192.0.2.1").map { .nasAddress($0) })
        #expect(SessionSelector("nas=gate") == .nasName("gate"))
        for wrong in ["", "user=", "mac=zz", "ip=host", "colour=red"] { #expect(SessionSelector(wrong) == nil, "\(wrong)") }
    }

    @Test(arguments: Engine.available) func onlyOpenSessionsThatFitAreFound(_ engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            try site.begin(
                "1", user: "bob", station: "02-00-00-00-00-01", address: "10.0.0.9", organization: "cafe", vendorSessionID: "0A01")
            try site.begin("2", user: "bob", nas: "192.0.2.2", station: "0200.0000.0001", organization: "zoo")
            try site.begin("3", user: "s-1", station: "02:00:00:00:00:AA")
            try site.begin("4", user: "bob")
            try site.stop("4")
            try site.begin("5", user: "dave", nas: "2001:db8::1")
            try NASStore(site.connection).add(name: "gates", address: "192.0.2.0/24", secret: "x")
            let store = ControlledSessionStore(site.connection)
            func found(_ text: String, organization: String? = nil) throws -> [String] {
                try store.openSessions(try #require(SessionSelector(text)), organizationID: organization).map(\.uniqueID).sorted()
            }
            #expect(try found("user=bob") == ["1", "2"])
            #expect(try found("user=bob", organization: "zoo") == ["2"])
            #expect(try found("s-1") == ["1", "3"])
            #expect(try found("session=s-1") == ["1"])
            #expect(try found("id=2") == ["2"])
            #expect(try found("id=4") == [])
            #expect(try found("mac=02:00:00:00:00:01") == ["1", "2", "5"])
            #expect(try found("02:00:00:00:00:aa") == ["3"])
            #expect(try found("10.0.0.9") == ["1"])
            #expect(try found("nas=192.0.2.1") == ["1", "3"])
            #expect(try found("nas=2001:db8::1") == ["5"])
            #expect(try found("nas=gates") == ["1", "2", "3"])
            #expect(try found("nas=unknown") == [])
            #expect(try found("' OR 1=1 --".replacing("=", with: "")) == [])

            let session = try #require(try site.session("1"))
            #expect(session.isOpen && session.organizationID == "cafe" && session.nasAddress == "192.0.2.1")
            #expect(session.identity.acctSessionID == "s-1" && session.identity.framedIPAddress == "10.0.0.9")
            #expect(session.identity.callingStationID == "02-00-00-00-00-01" && session.identity.calledStationID == nil)
            #expect(session.identity.vendorSessionID == "0A01")
            #expect(try site.session("4")?.isOpen == false)
            #expect(try site.session("none") == nil)
        }
    }

    @Test(arguments: Engine.available) func targetsAreKeptByName(_ engine: Engine) async throws {
        try await Site.with(engine) { (site) async throws in
            let store = NASTargetStore(site.connection)
            #expect(try store.target("gate") == nil)
            let target = NASTarget(nas: "gate", address: "198.51.100.1", port: 1700, secret: "other", isDisabled: true)
            try store.set(NASTarget(nas: "gate"))
            try store.set(target)
            #expect(try store.target("gate") == target)
            #expect(try store.all() == [target])
            #expect(try store.remove("gate"))
            #expect(try !store.remove("gate"))
        }
    }
}
