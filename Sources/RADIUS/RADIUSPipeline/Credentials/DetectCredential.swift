import RADIUSTransport
import RADIUSWire

/// Finds out which method the peer uses and decrypts what it sent.
///
/// MS-CHAP and CHAP win over User-Password: some NASes add an empty one.
public struct DetectCredential: Stage {
    private static let microsoft: UInt32 = 311

    public let name = "Credential"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        let packet = context.packet
        // EAP brings its own.
        guard !context.isEAP else { return .next }
        if packet.contains(StandardAttribute.eapMessage) { return .decided(.reject(.eapUnsupported)) }
        do {
            if let credential = try mschap(packet) {
                context.credential = credential
            } else if let credential = try chap(packet) {
                context.credential = credential
            } else if let password = packet.userPassword(context.client.secret) {
                context.credential = .pap(password: password)
                if String(validating: password, as: UTF8.self) == nil { context.note("password is not UTF-8: wrong shared secret?") }
            }
        } catch {
            context.note(error.text)
            return .decided(.reject(.credentialsMalformed))
        }
        substituteStationAddress(&context)
        guard let method = context.credential.method else { return .next }
        context.note("method \(method.rawValue)")
        if context.settings.deniedMethods.contains(method) { return .decided(.reject(.methodDenied)) }
        return .next
    }

    private struct Malformed: Error {
        var text: String
    }

    /// A Call-Check without a password, or with an empty one, offers the address itself.
    private func substituteStationAddress(_ context: inout RequestContext) {
        guard let address = context.stationAddress else { return }
        switch context.credential {
        case .none, .pap(password: []): context.credential = .pap(password: Array(address.text(.upperDashes).utf8))
        default: break
        }
    }

    private func chap(_ packet: Packet) throws(Malformed) -> Credential? {
        guard let value = packet.value(StandardAttribute.chapPassword) else { return nil }
        guard value.count == 17, let identifier = value.first else { throw Malformed(text: "CHAP-Password is not 17 octets long") }
        let challenge = packet.value(StandardAttribute.chapChallenge).map { Array($0) } ?? packet.authenticator.bytes
        return .chap(identifier: identifier, response: Array(value.dropFirst()), challenge: challenge)
    }

    /// Reads Microsoft's attributes straight from the packet, so that they work with any dictionary.
    private func mschap(_ packet: Packet) throws(Malformed) -> Credential? {
        guard packet.contains(StandardAttribute.vendorSpecific) else { return nil }
        var challenge: [UInt8]?
        var response: [UInt8]?
        var response2: [UInt8]?
        var change: [UInt8]?
        var fragments: [[UInt8]] = []
        for attribute in VendorSubattributes(packet, vendor: Self.microsoft) {
            switch attribute.type {
            case 1: response = attribute.value
            case 6: fragments.append(attribute.value)
            case 11: challenge = attribute.value
            case 25: response2 = attribute.value
            case 27: change = attribute.value
            default: break
            }
        }
        guard response != nil || response2 != nil || change != nil else { return nil }
        guard let challenge else { throw Malformed(text: "MS-CHAP-Challenge is missing") }
        if let change { return .mschapv2Change(try passwordChange(change, challenge: challenge, fragments: fragments)) }
        if let response2 {
            guard response2.count == 50, challenge.count == 16 else {
                throw Malformed(text: "MS-CHAP2-Response or challenge has a wrong length")
            }
            return .mschapv2(
                MSCHAPv2Response(
                    identifier: response2[0], challenge: challenge, peerChallenge: Array(response2[2..<18]),
                    ntResponse: Array(response2[26..<50])))
        }
        guard let response, response.count == 50, challenge.count == 8 else {
            throw Malformed(text: "MS-CHAP-Response or challenge has a wrong length")
        }
        return .mschapv1(
            MSCHAPv1Response(
                identifier: response[0], challenge: challenge, usesNTResponse: response[1] & 1 == 1, lmResponse: Array(response[2..<26]),
                ntResponse: Array(response[26..<50])))
    }

    private func passwordChange(_ change: [UInt8], challenge: [UInt8], fragments: [[UInt8]]) throws(Malformed) -> MSCHAPv2Change {
        guard change.count == 68, change[0] == 7, challenge.count == 16 else {
            throw Malformed(text: "MS-CHAP2-CPW has a wrong length or code")
        }
        // Each fragment starts with code, identifier and a two octet sequence number.
        guard fragments.allSatisfy({ $0.count > 4 && $0[0] == 6 && $0[1] == change[1] }) else {
            throw Malformed(text: "MS-CHAP-NT-Enc-PW does not belong to the change")
        }
        let ordered = fragments.sorted { (UInt16($0[2]) << 8 | UInt16($0[3])) < (UInt16($1[2]) << 8 | UInt16($1[3])) }
        let encrypted = ordered.flatMap { $0.dropFirst(4) }
        guard encrypted.count == 516 else { throw Malformed(text: "MS-CHAP-NT-Enc-PW is not 516 octets long") }
        return MSCHAPv2Change(
            response: MSCHAPv2Response(
                identifier: change[1], challenge: challenge, peerChallenge: Array(change[18..<34]), ntResponse: Array(change[42..<66])),
            encryptedHash: Array(change[2..<18]), encryptedPassword: encrypted)
    }
}

/// The sub-attributes of one vendor with one octet of type and one of length (RFC 2865 §5.26).
struct VendorSubattributes: Sequence, IteratorProtocol {
    private var attributes: RawAttributes.Iterator
    private let bytes: [UInt8]
    private let vendor: UInt32
    private var offset = 0
    private var end = 0

    init(_ packet: Packet, vendor: UInt32) {
        attributes = packet.attributes.makeIterator()
        bytes = packet.bytes
        self.vendor = vendor
    }

    mutating func next() -> (type: UInt8, value: [UInt8])? {
        while true {
            if offset + 2 <= end {
                let length = Int(bytes[offset + 1])
                if length >= 2, offset + length <= end {
                    defer { offset += length }
                    return (bytes[offset], Array(bytes[(offset + 2)..<(offset + length)]))
                }
            }
            guard let attribute = attributes.next() else { return nil }
            guard attribute.type == StandardAttribute.vendorSpecific, attribute.length >= 6 else { continue }
            let start = attribute.offset
            let number = bytes[start..<(start + 4)].reduce(0) { $0 << 8 | UInt32($1) }
            guard number == vendor else { continue }
            offset = start + 4
            end = start + attribute.length
        }
    }
}
