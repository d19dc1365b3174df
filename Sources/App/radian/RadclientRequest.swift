import ArgumentParser
import RADIUSClient
import RADIUSDictionary
import RADIUSWire

/// A request of a file, where it goes and what is to come back.
struct RadclientRequest {
    var request: CustomRequest
    /// Packet-Dst-IP-Address and Packet-Dst-Port; nil for the command's server.
    var host: String?
    var port: UInt16?
    var expectation: ReplyExpectation

    /// - Parameters:
    ///   - items: of the request. As for `radclient`, Packet-Type chooses the code, Packet-Dst-… the server; a CHAP-Password or
    ///     MS-CHAP-Password in text is proved by that method; a Message-Authenticator is computed in any case.
    ///   - filter: of its reply; nil expects a reply that says yes.
    ///   - code: without Packet-Type; nil guesses it by the attributes.
    init(_ items: [RadclientText.Item], filter: [RadclientText.Item]?, code: PacketCode?, dictionary: AttributeDictionary) throws {
        var packetCode = code
        var attributes: [Attribute] = []
        var password: CustomRequest.Password?
        var expectedCode: PacketCode?
        for item in items {
            switch item.name.lowercased() {
            case "packet-type": packetCode = try Self.code(item.value)
            case "response-packet-type": expectedCode = try Self.code(item.value)
            case "packet-dst-ip-address", "packet-dst-ipv6-address": host = item.value
            case "packet-dst-port":
                guard let number = UInt16(item.value), number > 0 else { throw ValidationError("'\(item.value)' is no port.") }
                port = number
            case "packet-src-ip-address", "packet-src-ipv6-address", "packet-src-port", "message-authenticator": continue
            case "chap-password" where !item.value.hasPrefix("0x"): password = .init(.chap, item.value)
            case "ms-chap-password": password = .init(.mschapv1, item.value)
            default: attributes.append(try dictionary.parse(item.name, item.value))
            }
        }
        request = CustomRequest(code: packetCode ?? Self.guess(attributes), attributes: attributes, password: password)
        expectation = ReplyExpectation(code: expectedCode ?? request.positiveReply)
        if let filter { expectation = try Self.expectation(filter, usual: expectation.code, dictionary) }
    }

    private static func expectation(
        _ filter: [RadclientText.Item], usual: PacketCode?, _ dictionary: AttributeDictionary
    ) throws -> ReplyExpectation {
        var expectation = ReplyExpectation(code: usual)
        for item in filter {
            if ["packet-type", "response-packet-type"].contains(item.name.lowercased()) {
                expectation.code = try code(item.value)
                continue
            }
            let parts = item.name.split(separator: ":", maxSplits: 1)
            guard let bare = parts.first, let definition = dictionary.attribute(named: bare) else {
                throw ValidationError("The dictionary has no attribute '\(item.name)'.")
            }
            expectation.items.append(
                ReplyExpectation.Item(
                    definition: definition, tag: parts.count > 1 ? UInt8(parts[1]) : nil, comparison: .init(rawValue: item.op) ?? .equal,
                    value: item.value))
        }
        return expectation
    }

    private static func guess(_ attributes: [Attribute]) -> PacketCode {
        attributes.contains { $0.definition.name == "Acct-Status-Type" } ? .accountingRequest : .accessRequest
    }

    private static func code(_ text: String) throws -> PacketCode {
        if let number = UInt8(text) { return PacketCode(rawValue: number) }
        guard let code = (1...255).lazy.map({ PacketCode(rawValue: $0) }).first(where: { $0.name.lowercased() == text.lowercased() }) else {
            throw ValidationError("'\(text)' is no code of a packet; write Access-Request, Accounting-Request, CoA-Request …")
        }
        return code
    }
}
