import Database
import DynamicAuthorization
import Logging
public import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import ServerKernel
import ServicePlans

/// A change for whatever session a device has at its NAS, or the end of it, whether accounting has told of it or not.
public struct StationChange: Sendable {
    public var station: MACAddress
    public var organizationID: String
    /// The NAS's own number of the session, such as Cisco's audit-session-id, where it is known.
    public var vendorSessionID: String?
    /// Names of the dictionary and values.
    public var attributes: [(name: String, value: String)]
    /// Kinds of NAS that this is for (`nas.type`): where nothing else tells the NAS, the organization's only one of them is meant.
    public var nasTypes: [String]
    /// For the history.
    public var reason: String
    public var requestedBy: String
    /// A Disconnect-Request, without the attributes.
    public var isDisconnect: Bool

    public init(
        station: MACAddress, organizationID: String, vendorSessionID: String?, attributes: [(name: String, value: String)],
        nasTypes: [String], reason: String, requestedBy: String, isDisconnect: Bool = false
    ) {
        self.station = station
        self.organizationID = organizationID
        self.vendorSessionID = vendorSessionID
        self.attributes = attributes
        self.nasTypes = nasTypes
        self.reason = reason
        self.requestedBy = requestedBy
        self.isDisconnect = isDisconnect
    }
}

extension SessionActions {
    /// What the person in front of the device waits for at most.
    private static let patience = Duration.seconds(8)

    /// Sends a CoA-Request or Disconnect-Request about a device's session to the NAS that it is at, at once, and keeps it in the history.
    public func change(_ wanted: StationChange) async throws -> SessionActionOutcome {
        let control = control.waiting(Self.patience)
        let (table, now) = (directory.table, now())
        let lease = now + (Self.patience + .seconds(60)).microseconds
        let action: SessionAction = wanted.isDisconnect ? .disconnect : .change(PlanTerms())
        let wish: SessionActionOrder.Wish = wanted.isDisconnect ? .disconnect : .change(PlanTerms(), orDisconnect: false)
        let begun: (id: Int64, session: ControlledSession, prepared: SessionControl.Prepared)
        do {
            begun = try await kernel.withConnection { connection in
                let session = try Self.session(of: wanted, in: table, over: connection)
                var attributes: [Attribute] = []
                for (name, value) in wanted.attributes where !wanted.isDisconnect {
                    attributes.append(try control.attribute("\(name)=\(value)"))
                }
                let prepared = try control.prepare(
                    action, on: session, in: table, target: { try NASTargetStore(connection).target($0) }, additional: attributes,
                    epoch: now / 1_000_000)
                let order = SessionActionOrder(
                    sessionID: session.uniqueID, wish: wish, reason: wanted.reason, requestedBy: wanted.requestedBy)
                guard let id = try SessionActionStore(connection).begin(order, session: session, at: now, leaseUntil: lease) else {
                    throw SessionControl.Refusal(result: .unreachable, description: "another action of this session is under way")
                }
                return (id, session, prepared)
            }
        } catch let refusal as SessionControl.Refusal {
            kernel.logger.warning("\(wanted.reason): no CoA for \(wanted.station): \(refusal)")
            return SessionActionOutcome(result: refusal.result, action: action.name, detail: refusal.description)
        }
        let outcome = await control.send(begun.prepared, action: action.name)
        let end = self.now()
        // A NAS that does not know the session may know it by another name: accounting is left as it is.
        _ = try await kernel.withConnection { [settings] connection in
            try Self.finish(begun.id, outcome, nil, settings: settings, at: end, over: connection)
        }
        return outcome
    }

    /// The session that accounting knows, or else what can be said of one it does not.
    /// - Throws: ``SessionControl/Refusal`` where no NAS is found.
    private static func session(
        of wanted: StationChange, in table: NASTable, over connection: any DatabaseConnection
    ) throws -> ControlledSession {
        let open = try ControlledSessionStore(connection).openSessions(.station(wanted.station), organizationID: wanted.organizationID)
        if var session = open.first {
            session.identity.vendorSessionID = wanted.vendorSessionID ?? session.identity.vendorSessionID
            return session
        }
        let own = table.all.filter { ($0.organizationID ?? wanted.organizationID) == wanted.organizationID }
        let asked = try LastNASStore(connection).name(station: wanted.station, organizationID: wanted.organizationID)
        let fitting = own.filter { wanted.nasTypes.contains($0.type.lowercased()) }
        guard let nas = own.first(where: { $0.name == asked }) ?? (fitting.count == 1 ? fitting.first : nil) else {
            throw SessionControl.Refusal(result: .unreachable, description: "nothing tells at which NAS the device is")
        }
        var identity = SessionIdentity()
        identity.callingStationID = wanted.station.text(.upperDashes)
        identity.vendorSessionID = wanted.vendorSessionID
        identity.nasAddress = nas.prefix.address.description
        return ControlledSession(
            uniqueID: "station \(wanted.station.text(.upperDashes))", identity: identity, nasAddress: nas.prefix.address.description,
            organizationID: wanted.organizationID, isOpen: true)
    }
}

/// SQL about where a device asked to be let in by its address (`radpostauth`), over one connection.
struct LastNASStore {
    private let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let newest = Statement(
        """
        SELECT nasname FROM radpostauth WHERE username {{any $1 text}} AND nasname IS NOT NULL
            AND (organization_id = $2 OR organization_id IS NULL OR organization_id = '') ORDER BY id DESC LIMIT 1
        """)

    /// Name of the NAS; nil where it has not asked.
    func name(station: MACAddress, organizationID: String) throws(DatabaseError) -> String? {
        let names = MACAddress.Style.allCases.map(station.text)
        return try connection.first(Self.newest, [.texts(names), .text(organizationID)]) { row throws(DatabaseError) in row.text(0) }
    }
}
