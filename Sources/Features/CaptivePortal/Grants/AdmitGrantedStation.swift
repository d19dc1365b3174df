import CaptiveDialects
public import Database
import NIOConcurrencyHelpers
import RADIUSDictionary
public import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import ServerKernel

/// Central web authentication: a device that logged in on a page is asked about again by its address alone. Within minutes of the login the
/// request counts as that login, with the user's token; while the session runs, as a renewal of it. Other devices are what the policy says
/// of their addresses, usually sent to the page.
///
/// `@unchecked Sendable`: `lock` guards `connection`.
public final class AdmitGrantedStation: Stage, @unchecked Sendable {
    public static let name = "Login page of the device"
    public var name: String { Self.name }
    private let lock = NIOLock()
    private let connection: KeptConnection

    public init(_ engine: any DatabaseEngine) {
        connection = KeptConnection(engine, .general)
    }

    public func run(_ context: inout RequestContext) -> StageResult {
        guard let station = context.stationAddress, CaptiveDialect.dialects(ofNASType: context.client.type).contains(.ciscoCWA) else {
            return .next
        }
        return .offload { [self] context in
            do throws(DatabaseError) {
                guard let grant = try grant(station, context) else { return .next }
                admit(grant, &context)
                return .next
            } catch {
                return .decided(.fail(.unavailable(error.description)))
            }
        }
    }

    private func grant(_ station: MACAddress, _ context: RequestContext) throws(DatabaseError) -> StationGrant? {
        let spellings = Set(MACAddress.Style.allCases.map(station.text)).union(context.callingStationID.map { [$0] } ?? [])
        let (organizationID, now) = (context.organizationID, context.epochMicroseconds)
        let result = lock.withLock {
            Result { () throws(DatabaseError) in
                try connection.use { connection throws(DatabaseError) in
                    try StationGrantStore(connection).grant(
                        station.text(.upperDashes), spellings: Array(spellings), organizationID: organizationID, at: now)
                }
            }
        }
        return try result.get()
    }

    private func admit(_ grant: StationGrant, _ context: inout RequestContext) {
        context.stationAddress = nil
        context.alternativeUserName = nil
        if let session = grant.openSession {
            context.adopt(
                EstablishedSession(
                    uniqueID: session, userName: grant.username, organizationID: grant.organizationID,
                    callingStationID: context.callingStationID))
        } else {
            context.note("\(grant.username) logged in on the device's page")
            context.userName = grant.username
            context.organizationID = grant.organizationID
            context.credential = .pap(password: Array(grant.token.utf8))
        }
        // Accounting shall name the user and not the device (RFC 2865 §5.1).
        context.append(.text(grant.username), context.dictionary.attribute(named: "User-Name"))
    }
}
