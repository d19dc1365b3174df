import RADIUSTransport
import RADIUSWire

/// Refuses more sessions than the control attribute Simultaneous-Use allows. Stands last, since it takes a place.
///
/// A station that is online already roams; its new login is not a second one. Nor takes a session a place that is only authorized anew.
public struct SimultaneousUse: Stage {
    public let name = "Simultaneous-Use"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        guard !context.isEstablished,
            case .unsigned(let limit)? = context.control(context.environment.known.simultaneousUse)
        else { return .next }
        let station = context.station
        let others = (context.policy?.openSessions ?? []).map(Self.station).filter { $0 != station }
        let isFree = context.environment.reservations.reserve(
            user: context.reservationKey, station: station, openStations: others, limit: Int(min(limit, UInt64(Int32.max))),
            now: context.receivedEpoch, isRehearsal: context.isRehearsal)
        context.note("\(others.count) open sessions of other stations, limit \(limit)")
        guard isFree else {
            context.refuse("You are already logged in - access denied")
            return .decided(.reject(.sessionLimit))
        }
        return .next
    }

    static func station(_ session: OpenSession) -> String {
        if let address = MACAddress(session.callingStationID.prefix(17)) { return address.text(.upperDashes) }
        return session.callingStationID.isEmpty ? "\(session.nasAddress) \(session.acctSessionID)" : session.callingStationID
    }
}

/// Frees the place that ``SimultaneousUse`` took, once the session itself counts. Stands behind the storing stage.
public struct ReleaseReservation: Stage {
    public let name = "Reservation"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        let environment = context.environment
        if environment.reservations.isEmpty && environment.quotaReservations.isEmpty { return .next }
        let (user, station) = (context.reservationKey, context.station)
        environment.reservations.release(user: user, station: station)
        environment.quotaReservations.release(user: user, station: station)
        return .next
    }
}

extension RequestContext {
    /// One user's reservations, apart from the same name in another organization.
    var reservationKey: String { "\(askedOrganizationID ?? "")\u{0}\(userName)" }

    /// What tells the user's devices apart: the station's address, or the port when the NAS sends none.
    var station: String {
        guard let calling = establishedSession?.callingStationID ?? callingStationID, !calling.isEmpty else {
            return "\(source.address) port \(packet.integer(StandardAttribute.nasPort) ?? 0)"
        }
        return MACAddress(calling.prefix(17))?.text(.upperDashes) ?? calling
    }
}
