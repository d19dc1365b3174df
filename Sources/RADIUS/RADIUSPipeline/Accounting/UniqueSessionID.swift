import Digests
import RADIUSTransport
import RADIUSWire

/// Acct-Unique-Session-Id, bit for bit as FreeRADIUS computes it, so that sessions opened by it are continued.
enum UniqueSessionID {
    private static let classPrefix = Array("ai:".utf8)

    /// - Parameter source: stands in for an absent NAS-IP-Address or NAS-IPv6-Address of its family, as FreeRADIUS's preprocess module adds it.
    /// - Returns: 32 lower-case hex digits.
    static func compute(_ packet: Packet, source: IPAddress) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(128)
        if let session = classSession(packet) {
            text += session
            text.append(UInt8(ascii: ","))
            text += packet.value(StandardAttribute.acctSessionID) ?? []
        } else {
            text += packet.value(StandardAttribute.userName) ?? []
            text.append(UInt8(ascii: ","))
            text += packet.value(StandardAttribute.acctSessionID) ?? []
            text.append(UInt8(ascii: ","))
            text += nasAddress(packet, source: source).utf8
            text.append(UInt8(ascii: ","))
            text += packet.value(StandardAttribute.nasIdentifier) ?? []
            text.append(UInt8(ascii: ","))
            text += packet.value(StandardAttribute.nasPortID) ?? []
            text.append(UInt8(ascii: ","))
            if let port = packet.integer(StandardAttribute.nasPort) { text += String(port).utf8 }
        }
        return Hexadecimal.encode(MD5.hash(text).bytes)
    }

    /// NAS-IPv6-Address, else NAS-IP-Address, else the source.
    private static func nasAddress(_ packet: Packet, source: IPAddress) -> String {
        if let address = packet.address(StandardAttribute.nasIPv6Address, octets: 16) { return address.description }
        if source.version == 6 { return source.description }
        return (packet.address(StandardAttribute.nasIPAddress, octets: 4) ?? source).description
    }

    /// The 32 hex digits of a Class that an Accept set for this purpose: `ai:` with text or with 16 octets.
    private static func classSession(_ packet: Packet) -> [UInt8]? {
        guard let value = packet.value(StandardAttribute.classAttribute), value.starts(with: classPrefix) else { return nil }
        let session = value.dropFirst(3)
        if session.count == 16 { return Array(Hexadecimal.encode(session).utf8) }
        guard session.count == 32, session.allSatisfy({ Hexadecimal.value(of: $0) != nil && !(0x41...0x46).contains($0) }) else {
            return nil
        }
        return Array(session)
    }
}

extension Packet {
    /// The first attribute of a type as an address; nil when absent or of another length.
    func address(_ type: UInt8, octets: Int) -> IPAddress? {
        guard let value = value(type), value.count == octets else { return nil }
        return IPAddress(bytes: value)
    }
}
