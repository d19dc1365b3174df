import RADIUSDictionary
import Testing

@testable import RADIUSWire

struct PacketTests {
    private let secret = SharedSecret(Array("testing123".utf8))

    @Test func fieldsAndFirstValues() throws {
        let packet = try Packet(validating: [1, 7, 0, 38] + Array(0..<16) + [1, 5, 98, 111, 98, 1, 3, 120, 5, 6, 0, 0, 1, 2, 6, 4, 1, 2])
        #expect(packet.code == .accessRequest)
        #expect(packet.code.name == "Access-Request")
        #expect(packet.identifier == 7)
        #expect(packet.authenticator.bytes == Array(0..<16))
        #expect(packet.text(1) == "bob")
        #expect(packet.integer(5) == 258)
        #expect(packet.integer(6) == nil)
        #expect(packet.value(2) == nil)
        #expect(packet.contains(6) && !packet.contains(2))
        #expect(packet.attributes.map(\.type) == [1, 1, 5, 6])
        #expect(!packet.hasMessageAuthenticator)
    }

    /// RFC 7930 §3, §4; RFC 8559 §3.4.
    @Test func longPacketsAndTheirErrors() throws {
        let request = try Packet(
            validating: Packet.request(
                .accessRequest, identifier: 9, authenticator: .zero, attributes: Packet.responseLength(65_535) + [241, 5, 8, 1, 2],
                secret: secret, messageAuthenticator: true))
        #expect(request.responseLength == 65_535 && request.operatorNASIdentifier == [1, 2])
        #expect(request.originalPacketCode == nil)
        let attributes = request.protocolError(.responseTooBig, length: 5000)
        #expect(attributes == [241, 7, 4, 0, 0, 0, 1, 101, 6, 0, 0, 2, 0x59, 241, 7, 3, 0, 0, 0x13, 0x88])
        let answer = try Packet(validating: Packet.reply(.protocolError, to: request, attributes: attributes, secret: secret))
        #expect(answer.originalPacketCode == .accessRequest && answer.responseLength == 5000)
        for damaged in [[241, 2], [241, 3, 3], [241, 6, 3, 0, 0, 1], [241, 7, 4, 0, 0, 1, 0]] as [[UInt8]] {
            let packet = try Packet(validating: [1, 0, 0, UInt8(20 + damaged.count)] + [UInt8](repeating: 0, count: 16) + damaged)
            #expect(packet.responseLength == nil && packet.originalPacketCode == nil && packet.operatorNASIdentifier == nil)
        }
        let long = [UInt8]((0..<20).flatMap { _ in [24, 255] + [UInt8](repeating: 0, count: 253) })
        let reply = try Packet.reply(.accessAccept, to: request, attributes: long, secret: secret, maximumLength: 6000)
        #expect(reply.count == 20 + 18 + 5100 && reply[2] == 0x14)
        #expect(throws: WireError.packetTooLong(length: 5138, limit: 5000)) {
            try Packet.reply(.accessAccept, to: request, attributes: long, secret: secret, maximumLength: 5000)
        }
    }

    /// The pointer and the array initialiser take and refuse alike.
    @Test func bothInitialisersCutPadding() throws {
        let datagram: [UInt8] = [1, 0, 0, 20] + [UInt8](repeating: 0, count: 20)
        #expect(try Packet(validating: datagram).bytes.count == 20)
        let packet = try datagram.withUnsafeBytes { buffer in try Packet(validating: buffer) }
        #expect(packet.bytes.count == 20)
    }

    @Test func lengthLimits() throws {
        let attributes = [UInt8]((0..<16).flatMap { _ in [24, 255] + [UInt8](repeating: 0, count: 253) })
        let longest: [UInt8] = [2, 0, 0x10, 0x04] + [UInt8](repeating: 0, count: 16) + attributes
        #expect(longest.count == 4100)
        #expect(throws: WireError.packetTooLong(length: 4100, limit: 4096)) { try Packet(validating: longest) }
        #expect(try Packet(validating: longest, maximumLength: 65535).attributes.reduce(0) { count, _ in count + 1 } == 16)
        #expect(throws: WireError.packetTooLong(length: 4100, limit: 4096)) {
            try Packet.request(
                .accountingRequest, identifier: 0, authenticator: nil, attributes: attributes, secret: secret, messageAuthenticator: false)
        }
    }

    /// Message-Authenticator first, Proxy-State last in its order (RFC 2865 §5.33).
    @Test func replyOrder() throws {
        let attributes: [UInt8] = [33, 4, 1, 2, 1, 3, 98, 33, 3, 9]
        let authenticator = try #require(Authenticator([UInt8](repeating: 3, count: 16)))
        let request = try Packet(
            validating: Packet.request(
                .accessRequest, identifier: 9, authenticator: authenticator, attributes: attributes, secret: secret,
                messageAuthenticator: true))
        #expect(request.verifyMessageAuthenticator(secret))
        let reply = try Packet(validating: Packet.reply(.accessAccept, to: request, attributes: [18, 3, 104], secret: secret))
        #expect(reply.attributes.map(\.type) == [80, 18, 33, 33])
        #expect(Array(reply.bytes.suffix(7)) == [33, 4, 1, 2, 33, 3, 9])
        #expect(reply.verifyMessageAuthenticator(secret, requestAuthenticator: authenticator))
        #expect(reply.verifyResponseAuthenticator(secret, requestAuthenticator: authenticator))
        #expect(!reply.verifyMessageAuthenticator(secret))
        #expect(!reply.verifyMessageAuthenticator(SharedSecret([1]), requestAuthenticator: authenticator))
    }

    /// A reply with EAP-Message is signed even where signing is off (RFC 3579 §3.1).
    @Test func messageAuthenticatorRule() throws {
        let accounting = try Packet(
            validating: Packet.request(
                .accountingRequest, identifier: 1, authenticator: nil, attributes: [], secret: secret, messageAuthenticator: false))
        let plain = try Packet(validating: Packet.reply(.accountingResponse, to: accounting, attributes: [], secret: secret))
        #expect(!plain.hasMessageAuthenticator)
        let asked = try Packet(
            validating: Packet.reply(.accountingResponse, to: accounting, attributes: [], secret: secret, messageAuthenticator: true))
        #expect(asked.verifyMessageAuthenticator(secret, requestAuthenticator: accounting.authenticator))
        let access = try Packet(validating: [1, 0, 0, 20] + [UInt8](repeating: 7, count: 16))
        let bare = try Packet(
            validating: Packet.reply(.accessReject, to: access, attributes: [], secret: secret, messageAuthenticator: false))
        #expect(!bare.hasMessageAuthenticator)
        let eap = try Packet(
            validating: Packet.reply(
                .accessChallenge, to: access, attributes: [79, 6, 1, 2, 0, 4], secret: secret, messageAuthenticator: false))
        #expect(eap.hasMessageAuthenticator)
    }

    /// Each altered octet is noticed.
    @Test func verificationNoticesEveryOctet() throws {
        let request = try Packet.request(
            .disconnectRequest, identifier: 1, authenticator: nil, attributes: [1, 5, 98, 111, 98], secret: secret,
            messageAuthenticator: true)
        for index in request.indices where ![2, 3, 20, 21, 38, 39].contains(index) {
            var altered = request
            altered[index] ^= 0x10
            // The length's octets are checked by the structure.
            let packet = try Packet(validating: altered)
            guard packet.code == .disconnectRequest else { continue }
            #expect(!packet.verifyRequestAuthenticator(secret), "octet \(index)")
            if !(4..<20).contains(index) { #expect(!packet.verifyMessageAuthenticator(secret), "octet \(index)") }
        }
    }

    @Test func longEAPMessagesAreSplit() throws {
        var encoder = AttributeEncoder(secret: secret, vector: .zero)
        try encoder.append(type: 79, [UInt8](repeating: 5, count: 600))
        #expect(RawAttributes(bytes: encoder.bytes, start: 0).map(\.length) == [253, 253, 94])
        #expect(throws: WireError.valueTooLong(attribute: "Attr-24", limit: 253)) {
            try encoder.append(type: 24, [UInt8](repeating: 0, count: 254))
        }
    }

    /// A Vendor-Specific stuffed with sub-attributes stays one attribute.
    @Test func decodedAttributesAreBounded() throws {
        let stuffed: [UInt8] = [26, 246, 0, 0, 0, 9] + (0..<80).flatMap { _ in [1, 3, 65] as [UInt8] }
        let packet = try Packet(validating: [1, 0, 1, 10] + [UInt8](repeating: 0, count: 16) + stuffed, maximumAttributes: 50)
        #expect(packet.decode(try AttributeDictionary(source: ""), secret: secret).count == 1)
    }

    @Test func secretsDoNotPrint() {
        var text = ""
        dump(secret, to: &text)
        #expect("\(secret) \(String(reflecting: secret)) \(text)".contains("testing123") == false)
        #expect(!text.contains("116"))
        #expect(SharedSecret(text: "0x00ff")?.bytes == [0, 255])
        #expect(SharedSecret(text: "0xzz") == nil)
        #expect(SharedSecret(text: "0x") == nil)
        #expect(SharedSecret(text: "") == nil)
        #expect(SharedSecret(text: "plain") == SharedSecret(Array("plain".utf8)))
    }
}
