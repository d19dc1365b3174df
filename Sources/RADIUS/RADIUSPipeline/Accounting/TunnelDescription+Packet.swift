import RADIUSDictionary
import RADIUSTransport
import RADIUSWire

extension AcctStatusType {
    /// The tunnel's event; nil for what belongs to a session or a NAS.
    var event: TunnelEvent? {
        if case .tunnel(let event) = self { event } else { nil }
    }
}

extension TunnelDescription {
    /// Reads what an Accounting-Request tells of a tunnel. Absent and malformed attributes are nil.
    init(_ context: inout RequestContext) {
        self.init()
        for attribute in context.packet.decode(context.dictionary, secret: context.client.secret)
        where attribute.definition.space == .standard {
            if case .raw = attribute.value { continue }
            let text = attribute.printedValue
            switch UInt8(exactly: attribute.definition.number) {
            case StandardAttribute.tunnelType: type = type ?? text
            case StandardAttribute.tunnelMediumType: mediumType = mediumType ?? text
            case StandardAttribute.tunnelClientEndpoint: clientEndpoint = clientEndpoint ?? text
            case StandardAttribute.tunnelServerEndpoint: serverEndpoint = serverEndpoint ?? text
            case StandardAttribute.acctTunnelConnection: connection = connection ?? text
            case StandardAttribute.tunnelAssignmentID: assignmentID = assignmentID ?? text
            case StandardAttribute.tunnelClientAuthID: clientAuthID = clientAuthID ?? text
            case StandardAttribute.tunnelServerAuthID: serverAuthID = serverAuthID ?? text
            default: break
            }
        }
        packetsLost = context.packet.integer(StandardAttribute.acctTunnelPacketsLost).map { Int64($0) }
    }
}
