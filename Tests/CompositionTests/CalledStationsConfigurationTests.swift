import ServerKernel
import Sessions
import Testing

@testable import Composition

@Suite struct CalledStationsConfigurationTests {
    private func read(_ yaml: String) throws(ConfigurationError) -> CalledStationsConfiguration {
        var reader = ConfigurationReader(yaml: yaml, file: "f", environment: [:])
        let configuration = CalledStationsConfiguration(&reader)
        try reader.finish()
        return configuration
    }

    @Test func `concentrators and their interfaces`() throws {
        let configuration = try read(
            """
            sessions:
              convert_called_station_on_create: yes
            called_station_ids:
              - {organization: cafe, unconverted_ids: [A, B], openvpn: [vpn.example.org, "192.0.2.1:7506", "[2001:db8::1]:7507"], password: x}
              - {organization: bar, unconverted_ids: C, openvpn: "2001:db8::2"}
            """)
        #expect(configuration.convertsAtStart)
        #expect(
            configuration.concentrators == [
                CalledStationConcentrator(
                    organization: "cafe", unconvertedIDs: ["A", "B"],
                    endpoints: [
                        .init(host: "vpn.example.org", port: 7505), .init(host: "192.0.2.1", port: 7506),
                        .init(host: "2001:db8::1", port: 7507),
                    ], password: "x"),
                CalledStationConcentrator(
                    organization: "bar", unconvertedIDs: ["C"], endpoints: [.init(host: "2001:db8::2", port: 7505)]),
            ])
        #expect(configuration.concentrators.first?.endpoints.map(\.description).last == "[2001:db8::1]:7507")
        #expect(try read("").concentrators.isEmpty)
        #expect(try !read("").convertsAtStart)
    }

    @Test(arguments: [
        ("called_station_ids: cafe", "must be a list"),
        ("called_station_ids: [{organization: cafe, openvpn: x}]", "needs 'unconverted_ids'"),
        ("called_station_ids: [{organization: cafe, unconverted_ids: [A]}]", "needs 'openvpn'"),
        ("called_station_ids: [{unconverted_ids: [A], openvpn: x}]", "needs 'organization'"),
        ("called_station_ids: [{organization: cafe, unconverted_ids: [A], openvpn: 'x:0'}]", "'x:0' is not an address"),
        ("called_station_ids: [{organization: cafe, unconverted_ids: [A], openvpn: '[::1]7505'}]", "is not an address"),
        ("called_station_ids: [{organization: cafe, unconverted_ids: [A], openvpn: x, port: 1}]", "unknown key 'called_station_ids.port'"),
    ])
    func `what is wrong is said`(yaml: String, problem: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try read(yaml) }
        #expect(error?.problems.contains { $0.description.contains(problem) } == true, "\(String(describing: error))")
    }
}
