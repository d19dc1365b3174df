import Digests
import RADIUSDictionary
import RADIUSTransport
import RADIUSWire

extension AccountingRecord {
    /// What identifies the record of an Accounting-Request (RFC 2866, RFC 2869).
    static func begun(_ context: inout RequestContext) -> AccountingRecord {
        let packet = context.packet
        let event = EventTime(packet, receivedEpoch: context.receivedEpoch, maximumSkew: context.settings.maximumEventSkewSeconds)
        return AccountingRecord(
            statusType: AcctStatusType(packet.integer(StandardAttribute.acctStatusType) ?? 0),
            uniqueID: UniqueSessionID.compute(packet, source: context.source.address), eventEpoch: event.epoch,
            hasEventTimestamp: event.isTimestamp, organizationID: context.organizationID,
            acctSessionID: packet.text(StandardAttribute.acctSessionID) ?? "", nasIPAddress: context.nasAddress.description)
    }

    /// Reads the rest, where the record lies. Absent and malformed attributes are nil.
    mutating func read(_ context: inout RequestContext) {
        let packet = context.packet
        userName = context.receivedUserName == nil ? nil : context.userName
        realm = context.realm
        nasPortID = packet.text(StandardAttribute.nasPortID) ?? packet.integer(StandardAttribute.nasPort).map { String($0) }
        sessionTime = packet.integer(StandardAttribute.acctSessionTime).map { Int64($0) }
        connectInfo = packet.text(StandardAttribute.connectInfo)
        inputOctets = Self.octets(packet, StandardAttribute.acctInputOctets, StandardAttribute.acctInputGigawords)
        outputOctets = Self.octets(packet, StandardAttribute.acctOutputOctets, StandardAttribute.acctOutputGigawords)
        calledStationID = packet.text(StandardAttribute.calledStationID)
        callingStationID = packet.text(StandardAttribute.callingStationID)
        framedIPAddress = packet.address(StandardAttribute.framedIPAddress, octets: 4)?.description
        framedIPv6Address = packet.address(StandardAttribute.framedIPv6Address, octets: 16)?.description
        classText = packet.value(StandardAttribute.classAttribute).map { "0x" + Hexadecimal.encode($0) }
        vendorSessionID = Self.auditSessionID(packet)
        readNamed(&context)
        if statusType.event != nil { tunnel = TunnelDescription(&context) }
    }

    /// Value of the Cisco-AVPair (26.9.1) `audit-session-id=…` where it stands alone in its Vendor-Specific attribute.
    private static func auditSessionID(_ packet: Packet) -> String? {
        for attribute in packet.attributes where attribute.type == StandardAttribute.vendorSpecific {
            let value = packet.bytes[attribute.range]
            guard value.starts(with: ciscoAVPair), value.dropFirst(6).starts(with: auditSessionPrefix),
                value.count == 4 + Int(value[value.startIndex + 5])
            else { continue }
            return String(decoding: value.dropFirst(6 + auditSessionPrefix.count), as: UTF8.self)
        }
        return nil
    }
    private static let ciscoAVPair: [UInt8] = [0, 0, 0, 9, 1]
    private static let auditSessionPrefix = Array("audit-session-id=".utf8)

    /// The 64 bit counter of RFC 2869 §5.1 and §5.2; nil when neither half was sent.
    private static func octets(_ packet: Packet, _ low: UInt8, _ high: UInt8) -> Int64? {
        let octets = packet.integer(low)
        let gigawords = packet.integer(high)
        guard octets != nil || gigawords != nil else { return nil }
        // Masked to what a signed column holds; a session never comes near it.
        return (Int64(gigawords ?? 0) & 0x7fff_ffff) << 32 | Int64(octets ?? 0)
    }

    /// What FreeRADIUS stores as the dictionary prints it.
    private mutating func readNamed(_ context: inout RequestContext) {
        let packet = context.packet
        func named(_ type: UInt8) -> String? {
            guard let number = packet.integer(type) else { return nil }
            return context.dictionary.attribute(standard: type)?.valueName(UInt64(number)) ?? String(number)
        }
        nasPortType = named(StandardAttribute.nasPortType)
        acctAuthentic = named(StandardAttribute.acctAuthentic)
        terminateCause = named(StandardAttribute.acctTerminateCause)
        serviceType = named(StandardAttribute.serviceType)
        framedProtocol = named(StandardAttribute.framedProtocol)
        guard
            packet.contains(StandardAttribute.framedIPv6Prefix) || packet.contains(StandardAttribute.framedInterfaceID)
                || packet.contains(StandardAttribute.delegatedIPv6Prefix)
        else { return }
        for attribute in packet.decode(context.dictionary, secret: context.client.secret) where attribute.definition.space == .standard {
            if case .raw = attribute.value { continue }
            switch UInt8(exactly: attribute.definition.number) {
            case StandardAttribute.framedIPv6Prefix: framedIPv6Prefix = framedIPv6Prefix ?? attribute.printedValue
            case StandardAttribute.framedInterfaceID: framedInterfaceID = framedInterfaceID ?? attribute.printedValue
            case StandardAttribute.delegatedIPv6Prefix: delegatedIPv6Prefix = delegatedIPv6Prefix ?? attribute.printedValue
            default: break
            }
        }
    }
}

/// When the accounted event happened.
struct EventTime: Equatable {
    var epoch: Int64
    /// Whether the NAS's own clock says so.
    var isTimestamp: Bool

    /// Event-Timestamp (RFC 2869 §5.3) unless it is far from the receipt, else the receipt minus Acct-Delay-Time (RFC 2866 §5.2).
    init(_ packet: Packet, receivedEpoch: Double, maximumSkew: Int) {
        let received = Int64(max(0, min(1e15, receivedEpoch)))
        if let stamp = packet.integer(StandardAttribute.eventTimestamp), abs(Int64(stamp) - received) <= Int64(maximumSkew) {
            epoch = Int64(stamp)
            isTimestamp = true
            return
        }
        let delay = Int64(packet.integer(StandardAttribute.acctDelayTime) ?? 0)
        epoch = delay <= Int64(maximumSkew) ? received - delay : received
        isTimestamp = false
    }
}
