import Digests
import RADIUSDictionary
import Testing

@testable import RADIUSWire

/// One file of `Tests/Vectors/radius`: statements line by line, each doing one step; `match` compares what the last step gave.
///
/// | statement | gives |
/// |---|---|
/// | `define LINE` | a line of a dictionary that stands in for the project's own |
/// | `secret TEXT`, `vector HEX`, `salt HEX` | the state that the steps use |
/// | `decode HEX` | attributes as text, from attributes alone |
/// | `encode NAME = VALUE, …` | the attributes' octets |
/// | `round-trip HEX` | checks that the octets decode and encode to themselves; gives the text |
/// | `refuse NAME = VALUE` | checks that the text is no value of the attribute |
/// | `packet HEX` | the packet's attributes as text; hidden values of a reply need the `vector` |
/// | `malformed HEX` | the error |
/// | `verify message-authenticator\\|request\\|response` | `yes` or `no` for the last packet; replies against the `vector` |
/// | `reply CODE: …`, `bare-reply CODE: …` | a reply to the last packet, by the rule or without Message-Authenticator |
/// | `request CODE ID: …`, `signed-request CODE ID: …` | a request with the `vector` as authenticator |
struct VectorFile {
    let name: String
    private let dictionary: AttributeDictionary
    private var secret = SharedSecret(Array("testing123".utf8))
    private var vector = Authenticator.zero
    private var salt: UInt16?
    private var packet: Packet?
    private var output = ""

    /// Runs every statement of a text.
    /// - Parameter project: the dictionary unless the text defines its own.
    @discardableResult
    init(name: String, text: String, project: AttributeDictionary) throws {
        self.name = name
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let definitions = lines.filter { $0.hasPrefix("define ") }.map { $0.dropFirst(7) }
        dictionary = definitions.isEmpty ? project : try AttributeDictionary(source: definitions.joined(separator: "\n"), name: name)
        for (index, line) in lines.enumerated() {
            let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            guard let statement = words.first, !statement.isEmpty, !statement.hasPrefix("#"), statement != "define" else { continue }
            try run(String(statement), words.count > 1 ? String(words[1]) : "", "\(name):\(index + 1)")
        }
    }

    private mutating func run(_ statement: String, _ argument: String, _ place: String) throws {
        switch statement {
        case "match": #expect(output == argument, "\(place)")
        case "secret": secret = SharedSecret(Array(argument.utf8))
        case "vector": vector = try #require(Authenticator(octets(argument)), "\(place)")
        case "salt": salt = UInt16(argument, radix: 16)
        case "decode": output = try decode(argument).text
        case "encode": output = Hexadecimal.encode(try encode(argument, place))
        case "round-trip":
            let attributes = try decode(argument)
            var encoder = AttributeEncoder(secret: secret, vector: vector, dictionary: dictionary, salt: salt)
            for attribute in attributes { try encoder.append(attribute) }
            #expect(Hexadecimal.encode(encoder.bytes) == argument, "\(place)")
            output = attributes.text
        case "refuse":
            let (definition, _, value) = try split(argument, place)
            #expect(throws: WireError.self, "\(place)") { try Attribute.parse(value, for: definition) }
        case "packet":
            let packet = try Packet(validating: octets(argument))
            self.packet = packet
            output = packet.decode(dictionary, secret: secret, requestAuthenticator: vector).text
        case "malformed":
            let datagram = try octets(argument)
            let error = #expect(throws: WireError.self, "\(place)") { try Packet(validating: datagram) }
            output = error.map { "\($0)" } ?? ""
        case "verify": output = try verify(argument, try #require(packet, "\(place)")) ? "yes" : "no"
        case "reply", "bare-reply", "request", "signed-request": output = Hexadecimal.encode(try build(statement, argument, place))
        default: Issue.record("\(place): unknown statement \(statement)")
        }
    }

    private func decode(_ hex: String) throws -> [Attribute] {
        let attributes = try octets(hex)
        let length = attributes.count + 20
        let header = [1, 0, UInt8(length >> 8), UInt8(length & 255)] + vector.bytes
        return try Packet(validating: header + attributes).decode(dictionary, secret: secret)
    }

    private func encode(_ text: String, _ place: String) throws -> [UInt8] {
        var encoder = AttributeEncoder(secret: secret, vector: vector, dictionary: dictionary, salt: salt)
        for item in text.split(separator: ", ") {
            let (definition, tag, value) = try split(String(item), place)
            try encoder.append(Attribute.parse(value, for: definition, tag: tag))
        }
        return encoder.bytes
    }

    private func build(_ statement: String, _ argument: String, _ place: String) throws -> [UInt8] {
        let parts = argument.split(separator: ":", maxSplits: 1).map { $0.split(separator: " ") }
        let attributes = try encode(
            argument.split(separator: ":", maxSplits: 1).dropFirst().joined().trimmingPrefix(" ").description, place)
        let words = try #require(parts.first, "\(place)")
        let code = try #require((0...255).map { PacketCode(rawValue: $0) }.first { $0.name == words[0] }, "\(place)")
        guard statement.hasSuffix("reply") else {
            let identifier = try #require(UInt8(words[1]), "\(place)")
            return try Packet.request(
                code, identifier: identifier, authenticator: vector, attributes: attributes, secret: secret,
                messageAuthenticator: statement == "signed-request")
        }
        return try Packet.reply(
            code, to: #require(packet, "\(place)"), attributes: attributes, secret: secret,
            messageAuthenticator: statement == "bare-reply" ? false : nil)
    }

    private func verify(_ what: String, _ packet: Packet) throws -> Bool {
        switch what {
        case "message-authenticator": packet.verifyMessageAuthenticator(secret, requestAuthenticator: vector)
        case "request": packet.verifyRequestAuthenticator(secret)
        default: packet.verifyResponseAuthenticator(secret, requestAuthenticator: vector)
        }
    }

    private func split(_ item: String, _ place: String) throws -> (AttributeDefinition, UInt8?, String) {
        let parts = try #require(item.firstRange(of: " = "), "\(place)")
        let name = item[..<parts.lowerBound].split(separator: ":")
        let definition = try #require(dictionary.attribute(named: name[0]), "\(place): \(name[0])")
        return (definition, name.count > 1 ? UInt8(name[1]) : nil, String(item[parts.upperBound...]))
    }

    private func octets(_ hex: String) throws -> [UInt8] {
        try #require(Hexadecimal.decode(hex.utf8.filter { $0 != UInt8(ascii: " ") }))
    }
}

extension [Attribute] {
    fileprivate var text: String { map { "\($0.printedName) = \($0.printedValue)" }.joined(separator: ", ") }
}
