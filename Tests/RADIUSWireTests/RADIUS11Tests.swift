import Foundation
import RADIUSDictionary
import RADIUSWire
import Testing

@Suite struct RADIUS11Tests {
    private static let loaded = Result {
        try AttributeDictionary.load(
            URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "Dictionaries").path)
    }

    private static func dictionary() throws -> AttributeDictionary { try loaded.get() }

    private static func packet(_ code: UInt8, token: [UInt8], _ attributes: [UInt8]) -> [UInt8] {
        let length = 20 + attributes.count
        return [code, 0, UInt8(length >> 8), UInt8(length & 255)] + token + [UInt8](repeating: 0, count: 12) + attributes
    }

    /// User-Password in clear becomes hidden, everything else stays octet for octet.
    @Test func aRequestTakesTheShapeOfRADIUS10() throws {
        let link = RADIUS11(dictionary: try Self.dictionary())
        let others: [UInt8] = [1, 5, 98, 111, 98, 26, 9, 0, 0, 58, 140, 8, 3, 33, 250, 3, 7]
        let octets = Self.packet(1, token: [9, 8, 7, 6], others + [2, 7] + Array("hello".utf8))
        #expect(RADIUS11.token(octets) == 0x0908_0706)
        let packet = try Packet(validating: try link.request(octets))
        #expect(packet.code == .accessRequest && packet.identifier == 6)
        #expect(Array(packet.bytes[20..<(20 + others.count)]) == others)
        #expect(packet.userPassword(link.secret) == Array("hello".utf8))
        #expect(!packet.bytes.contains(subsequence: Array("hello".utf8)))
        // A Request Authenticator of its own, each time.
        #expect(try link.request(octets)[4..<20] != packet.bytes[4..<20])
    }

    @Test(arguments: [PacketCode.accountingRequest, .coaRequest, .disconnectRequest])
    func aDigestedRequestIsSigned(_ code: PacketCode) throws {
        let link = RADIUS11(dictionary: try Self.dictionary())
        let packet = try Packet(validating: try link.request(Self.packet(code.rawValue, token: [0, 0, 0, 1], [40, 6, 0, 0, 0, 1])))
        #expect(packet.verifyRequestAuthenticator(link.secret))
    }

    /// Message-Authenticator and Original-Packet-Code have no place in RADIUS/1.1 (RFC 9765 §5.2).
    @Test func whatRADIUS11DoesNotHaveIsLeftOut() throws {
        let link = RADIUS11(dictionary: try Self.dictionary())
        let extra: [UInt8] = [80, 18] + [UInt8](repeating: 1, count: 16) + [241, 7, 4, 0, 0, 0, 1]
        let octets = Self.packet(1, token: [0, 0, 0, 1], extra + [1, 5, 98, 111, 98] + extra.prefix(0))
        #expect(try Array(link.request(octets)[20...]) == [1, 5, 98, 111, 98])
    }

    /// A reply with every kind of hidden value: there and back, and in clear between.
    @Test func hiddenValuesAreInClearOnTheWire() throws {
        let dictionary = try Self.dictionary()
        let link = RADIUS11(dictionary: dictionary)
        let request = try Packet(validating: try link.request(Self.packet(1, token: [1, 2, 3, 4], [1, 5, 98, 111, 98])))
        var encoder = AttributeEncoder(secret: link.secret, vector: request.authenticator, dictionary: dictionary)
        let values: [(String, UInt8?, AttributeValue)] = [
            ("Reply-Message", nil, .text("hi")), ("Tunnel-Password", 3, .text("inner")),
            ("MS-MPPE-Send-Key", nil, .bytes([UInt8](32..<64))), ("MS-CHAP-MPPE-Keys", nil, .bytes([UInt8](1...24))),
        ]
        for (name, tag, value) in values {
            try encoder.append(Attribute(try #require(dictionary.attribute(named: name)), tag: tag, value: value))
        }
        let signed = try Packet.reply(.accessAccept, to: request, attributes: encoder.bytes, secret: link.secret)
        let wire = try link.encode(signed, token: 0x0102_0304, requestAuthenticator: request.authenticator)
        let expected: [UInt8] =
            [18, 4, 104, 105, 69, 8, 3] + Array("inner".utf8) + [26, 40, 0, 0, 1, 55, 16, 34] + [UInt8](32..<64)
            + [26, 32, 0, 0, 1, 55, 12, 26] + [UInt8](1...24)
        #expect(wire == Self.packet(2, token: [1, 2, 3, 4], expected))

        let back = try Packet(
            validating: try link.reply(wire, identifier: request.identifier, requestAuthenticator: request.authenticator))
        #expect(back.verifyResponseAuthenticator(link.secret, requestAuthenticator: request.authenticator))
        let decoded = back.decode(dictionary, secret: link.secret, requestAuthenticator: request.authenticator)
        #expect(decoded.map(\.definition.name) == values.map(\.0))
        #expect(decoded.map(\.tag) == values.map(\.1))
        #expect(decoded.map(\.value) == values.map(\.2))
    }

    @Test func connectionsHaveSecretsOfTheirOwn() throws {
        let dictionary = try Self.dictionary()
        #expect(RADIUS11(dictionary: dictionary).secret != RADIUS11(dictionary: dictionary).secret)
    }

    @Test func brokenPacketsAreRefused() throws {
        let link = RADIUS11(dictionary: try Self.dictionary())
        for attributes: [UInt8] in [[1], [1, 1], [1, 9, 0], [0, 2]] {
            #expect(throws: WireError.self) { try link.request(Self.packet(1, token: [0, 0, 0, 1], attributes)) }
        }
    }

    /// Whatever a peer sends, what comes out is a packet or an error, and what goes back in is one too.
    @Test func randomPacketsDoNoHarm() throws {
        let link = RADIUS11(dictionary: try Self.dictionary())
        var generator = SeededGenerator(seed: 9765)
        for _ in 0..<3000 {
            var attributes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...8, using: &generator) {
                let types: [UInt8] = [2, 26, 69, 79, 80, 92, 241, 245, UInt8.random(in: 1...255, using: &generator)]
                let type = types.randomElement(using: &generator) ?? 1
                let count = Int.random(in: 0...40, using: &generator)
                var value = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
                let number = UInt8.random(in: 12...17, using: &generator)
                if type == 26, count > 6 { value.replaceSubrange(0..<5, with: [0, 0, 1, 55, number]) }
                attributes += [type, UInt8(count + 2)] + value
            }
            let codes: [UInt8] = [1, 2, 4, 40, 43]
            let code = codes.randomElement(using: &generator) ?? 1
            let octets = Self.packet(code, token: [1, 1, 1, 1], attributes)
            guard let inner = try? link.request(octets) else { continue }
            _ = try Packet(validating: inner, maximumLength: 65_535, requiresMessageAuthenticator: false)
            if let outer = try? link.encode(inner, token: 7, requestAuthenticator: .zero) { #expect(RADIUS11.token(outer) == 7) }
        }
    }
}

extension [UInt8] {
    fileprivate func contains(subsequence: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: subsequence) }
    }
}
