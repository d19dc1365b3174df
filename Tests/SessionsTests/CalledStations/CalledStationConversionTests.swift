import Accounts
import Database
import Logging
import NASClients
import RADIUSPipeline
import ServerKernel
import TestSupport
import Testing

@testable import Sessions

@Suite struct CalledStationConversionTests {
    private static let concentrator = "00-00-5E-00-53-01"

    /// A fresh database with the organizations `cafe` and `bar`.
    private final class Site: Sendable {
        let kernel: Kernel
        let cafe = Organization(name: "Café", slug: "cafe")
        let bar = Organization(name: "Bar", slug: "bar")

        init(_ engine: any DatabaseEngine) throws {
            kernel = Kernel(engine: engine, connections: 1, refreshInterval: .seconds(60), logger: Logger(label: "test"))
            let connection = try engine.connect(.general)
            for organization in [cafe, bar] { try OrganizationStore(connection).add(organization) }
        }

        func store(_ records: [AccountingRecord]) throws {
            let recorder = SessionRecorder(KeptConnection(kernel.engine, .packets), events: kernel.events)
            #expect(try recorder.record(records).allSatisfy { $0 == .stored })
        }

        /// Called-Station-Ids by unique ids.
        func stations() async throws -> [String: String] {
            let rows = try await kernel.withConnection { try $0.table("SELECT acctuniqueid, calledstationid FROM radacct") }
            return Dictionary(rows.map { ($0[0], $0[1]) }) { first, _ in first }
        }
    }

    private func with(_ engine: Engine, isolation: isolated (any Actor)? = #isolation, _ body: (Site) async throws -> Void) async throws {
        try await TestDatabase.with(engine, schema: Recording.schema) { database in
            let site = try Site(database.engine)
            defer { site.kernel.stop() }
            try await body(site)
        }
    }

    private func packet(
        _ type: AcctStatusType, _ id: String, _ organization: Organization, at epoch: Int64 = 1000, called: String = concentrator,
        calling: String = "02-00-00-00-00-01"
    ) -> AccountingRecord {
        AccountingRecord(type, id, at: epoch).with {
            $0.organizationID = organization.id
            $0.calledStationID = called
            $0.callingStationID = calling
        }
    }

    private func concentrator(_ ports: Int..., password: String = "secret") -> CalledStationConcentrator {
        CalledStationConcentrator(
            organization: "cafe", unconvertedIDs: [Self.concentrator], endpoints: ports.map { .init(host: "127.0.0.1", port: $0) },
            password: password)
    }

    @Test("open sessions of the organization get their access point's id, and keep it", arguments: Engine.available)
    func converts(engine: Engine) async throws {
        try await with(engine) { site in
            let server = try await ManagementServer(
                password: "secret",
                routes: [
                    ("02:00:00:00:00:01", "ap 02:00:00:00:00:aa"), ("02:00:00:00:00:02@0", "0200000000BB"), ("02:00:00:00:00:03", "x"),
                ])
            try site.store([
                packet(.start, "a", site.cafe), packet(.start, "b", site.cafe, calling: "0200.0000.0002"),
                packet(.start, "nameless", site.cafe, calling: "02-00-00-00-00-03"),
                packet(.start, "elsewhere", site.cafe, calling: "02-00-00-00-00-04"), packet(.start, "foreign", site.bar),
                packet(.start, "direct", site.cafe, called: "02-00-00-00-00-CC"), packet(.start, "over", site.cafe),
                packet(.stop, "over", site.cafe, at: 1060),
            ])
            let conversion = CalledStationConversion(site.kernel, concentrators: [concentrator(server.port)])
            let report = try await conversion.run()
            #expect(report.converted == ["a": "02-00-00-00-00-aa", "b": "02-00-00-00-00-BB"])
            #expect(report.unknown == ["elsewhere", "nameless"])
            #expect(report.failures.isEmpty)
            var expected = [
                "a": "02-00-00-00-00-aa", "b": "02-00-00-00-00-BB", "nameless": Self.concentrator, "elsewhere": Self.concentrator,
                "foreign": Self.concentrator, "direct": "02-00-00-00-00-CC", "over": Self.concentrator,
            ]
            #expect(try await site.stations() == expected)

            // Later packets of the concentrator change nothing; one of another access point does.
            try site.store([
                packet(.interimUpdate, "a", site.cafe, at: 1060),
                packet(.interimUpdate, "b", site.cafe, at: 1060, called: "02-00-00-00-00-DD"),
            ])
            expected["b"] = "02-00-00-00-00-DD"
            #expect(try await site.stations() == expected)

            let one = try await conversion.run(uniqueID: "over")
            #expect(one.converted == ["over": "02-00-00-00-00-aa"])
            #expect(try await conversion.run(uniqueID: "foreign").converted.isEmpty)
            #expect(try await site.stations()["foreign"] == Self.concentrator)
            try await server.stop()
        }
    }

    @Test("an interface that does not answer leaves the others' devices")
    func failures() async throws {
        try await with(.sqlite) { site in
            let server = try await ManagementServer(password: "secret", routes: [("02:00:00:00:00:01", "02:00:00:00:00:aa")])
            let gone = try await ManagementServer(password: "secret", routes: [])
            try await gone.stop()
            try site.store([packet(.start, "a", site.cafe), packet(.start, "b", site.cafe, calling: "02-00-00-00-00-02")])
            let refused = try await CalledStationConversion(
                site.kernel, concentrators: [concentrator(server.port, password: "wrong")]
            ).run()
            #expect(refused.converted.isEmpty)
            #expect(refused.failures == ["127.0.0.1:\(server.port): it refuses: bad password"])
            let report = try await CalledStationConversion(
                site.kernel, concentrators: [concentrator(gone.port, server.port)]
            ).run()
            #expect(report.converted == ["a": "02-00-00-00-00-aa"])
            #expect(report.failures.count == 1)
            #expect(report.failures.first?.hasPrefix("127.0.0.1:\(gone.port): ") == true)
            try await server.stop()
        }
    }

    @Test("an interface that says nothing is waited for only so long")
    func silence() async throws {
        try await with(.sqlite) { site in
            let server = try await ManagementServer(password: nil, routes: [])
            try site.store([packet(.start, "a", site.cafe)])
            let report = try await CalledStationConversion(
                site.kernel, concentrators: [concentrator(server.port)], timeout: .milliseconds(200)
            ).run()
            #expect(report.failures == ["127.0.0.1:\(server.port): it has closed the connection"])
            try await server.stop()
        }
    }

    @Test("nobody is asked while there is nothing to convert")
    func idle() async throws {
        try await with(.sqlite) { site in
            // No interface listens at this port.
            let report = try await CalledStationConversion(site.kernel, concentrators: [concentrator(1)]).run()
            #expect(report == CalledStationConversion.Report())
        }
    }
}
