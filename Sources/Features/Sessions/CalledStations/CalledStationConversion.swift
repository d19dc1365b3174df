import Database
import Logging
public import ServerKernel

/// Finds out which access point a session behind a VPN concentrator is at, and writes that one's MAC address as Called-Station-Id.
///
/// The VPN's routing table tells which client carries a device; the client's certificate has the access point's address in its common name.
public struct CalledStationConversion: Sendable {
    /// What became of a run.
    public struct Report: Sendable, Equatable {
        /// Sessions with a new Called-Station-Id, by their unique ids.
        public var converted: [String: String] = [:]
        /// Sessions whose device no client carries, or whose client's name holds no address.
        public var unknown: [String] = []
        /// Interfaces that told nothing, and why.
        public var failures: [String] = []
    }

    private let kernel: Kernel
    private let concentrators: [CalledStationConcentrator]
    private let management: OpenVPNManagement
    /// Sessions of one run and concentrator, so that a run ends.
    private static let limit = 10_000

    /// - Parameter timeout: for the talk with one interface.
    public init(_ kernel: Kernel, concentrators: [CalledStationConcentrator], timeout: Duration = .seconds(30)) {
        self.kernel = kernel
        self.concentrators = concentrators
        management = OpenVPNManagement(timeout: timeout)
    }

    /// Converts the open sessions that need it. Interfaces are only asked where there are some.
    /// - Parameter uniqueID: only this session, which may have ended; nil for all.
    /// - Throws: the database's error; what fails with an interface is in the report.
    public func run(uniqueID: String? = nil) async throws -> Report {
        var report = Report()
        for concentrator in concentrators {
            let sessions = try await kernel.withConnection {
                try CalledStationStore($0).unconverted(concentrator, uniqueID: uniqueID, limit: Self.limit)
            }
            guard !sessions.isEmpty else { continue }
            let clients = await clients(of: concentrator, &report)
            let found = sessions.map { session in
                (session, HardwareAddress.digits(session.callingStationID).flatMap { clients[$0] }.flatMap(HardwareAddress.first))
            }
            report.unknown += found.filter { $0.1 == nil }.map(\.0.uniqueID)
            let converted = try await kernel.withConnection { connection in
                try connection.transaction { () throws(DatabaseError) -> [(String, String)] in
                    var converted: [(String, String)] = []
                    for (session, address) in found {
                        guard let address, try CalledStationStore(connection).convert(session, to: address) else { continue }
                        converted.append((session.uniqueID, address))
                    }
                    return converted
                }
            }
            report.converted.merge(converted) { $1 }
        }
        return report
    }

    /// Common names of VPN clients by the digits of the devices' MAC addresses; all interfaces are asked at once.
    private func clients(of concentrator: CalledStationConcentrator, _ report: inout Report) async -> [String: String] {
        let answers = await withTaskGroup { group in
            for endpoint in concentrator.endpoints {
                group.addTask { [management] () -> (String, Result<[OpenVPNDialogue.Route], any Error>) in
                    do {
                        return ("\(endpoint)", .success(try await management.routes(of: endpoint, password: concentrator.password)))
                    } catch {
                        return ("\(endpoint)", .failure(error))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var clients: [String: String] = [:]
        for (endpoint, answer) in answers {
            switch answer {
            case .success(let routes):
                for route in routes {
                    // Behind the address may stand `@` and a VLAN.
                    let address = route.virtualAddress.prefix { $0 != "@" }
                    if let device = HardwareAddress.digits(String(address)) { clients[device] = route.commonName }
                }
            case .failure(let error):
                report.failures.append("\(endpoint): \(error)")
                kernel.logger.warning(
                    "the routing table of a VPN cannot be read", metadata: ["endpoint": "\(endpoint)", "error": "\(error)"])
            }
        }
        return clients
    }
}
