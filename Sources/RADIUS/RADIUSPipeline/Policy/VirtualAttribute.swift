import Foundation
import RADIUSDictionary
import RADIUSTransport
import RADIUSWire

/// Check attributes whose value is not in the packet.
enum VirtualAttribute {
    /// The value of a computed attribute; nil when the name is no such attribute or has no value for this request.
    static func value(_ definition: AttributeDefinition, of context: RequestContext) -> AttributeValue? {
        switch definition.name {
        case "Client-IP-Address", "Packet-Src-IP-Address": ipv4(context.source.address)
        case "Packet-Src-IPv6-Address": ipv6(context.source.address)
        case "Packet-Src-Port": .unsigned(UInt64(context.source.port))
        case "Packet-Dst-IP-Address": ipv4(context.destination.address)
        case "Packet-Dst-IPv6-Address": ipv6(context.destination.address)
        case "Packet-Dst-Port": .unsigned(UInt64(context.destination.port))
        case "Packet-Type": .unsigned(UInt64(context.packet.code.rawValue))
        case "Client-Shortname": .text(context.client.name)
        case "Called-Station-SSID": context.ssid.map { .text($0) }
        case "SQL-User-Name": .text(context.userName)
        case "Stripped-User-Name": context.realm == nil ? nil : .text(context.userName)
        case "Realm": context.realm.map { .text($0) }
        case "Huntgroup-Name": huntGroup(of: context)
        // The preprocess module of FreeRADIUS adds what the NAS left out.
        case "NAS-IP-Address": ipv4(context.source.address)
        case "NAS-IPv6-Address": ipv6(context.source.address)
        default: nil
        }
    }

    /// The order of the request's moment against the operand of a time attribute; nil when `definition` is none.
    /// - Throws: when the operand cannot be read.
    static func timeOrder(_ definition: AttributeDefinition, operand: AttributeValue, of context: RequestContext) throws(RowProblem) -> Int?
    {
        switch (definition.name, operand) {
        case ("Current-Time", .bytes(let text)):
            guard let times = LoginTime(String(decoding: text, as: UTF8.self)) else { throw RowProblem(text: "not a list of times") }
            return times.allows(WeekMinute(epoch: context.receivedEpoch, zone: context.settings.timeZone)) ? 0 : -1
        case ("Time-Of-Day", .bytes(let text)):
            guard let operand = secondsOfDay(String(decoding: text, as: UTF8.self)) else { throw RowProblem(text: "not a time of day") }
            let now = WeekMinute.secondsOfDay(epoch: context.receivedEpoch, zone: context.settings.timeZone)
            return now < operand ? -1 : now == operand ? 0 : 1
        case ("Expiration", .unsigned(let date)):
            return UInt64(max(0, context.receivedEpoch)) <= date ? 0 : 1
        default:
            return nil
        }
    }

    /// Reads `hh`, `hh:mm` or `hh:mm:ss`.
    static func secondsOfDay(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count) else { return nil }
        var seconds = 0
        for index in 0..<3 {
            guard index < parts.count else {
                seconds *= 60
                continue
            }
            guard let number = Int(parts[index]), number >= 0, number < (index == 0 ? 24 : 60) else { return nil }
            seconds = seconds * 60 + number
        }
        return seconds
    }

    /// Empty for a NAS in no group, so that `!=` holds as it does in FreeRADIUS.
    private static func huntGroup(of context: RequestContext) -> AttributeValue {
        let packet = context.packet
        let ports = [packet.text(StandardAttribute.nasPortID), packet.integer(StandardAttribute.nasPort).map { String($0) }]
        return .text(context.settings.huntGroup(context.nasAddress, ports.compactMap(\.self)) ?? "")
    }

    private static func ipv4(_ address: IPAddress) -> AttributeValue? {
        address.version == 4 ? .ipv4(UInt32(truncatingIfNeeded: address.bytes.reduce(0) { $0 << 8 | UInt64($1) })) : nil
    }

    private static func ipv6(_ address: IPAddress) -> AttributeValue? {
        address.version == 6 ? .ipv6(IPv6Bytes(high: address.high, low: address.low)) : nil
    }
}
