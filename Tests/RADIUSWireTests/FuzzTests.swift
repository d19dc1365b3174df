import Digests
import Foundation
import RADIUSDictionary
import Testing

@testable import RADIUSWire

/// Decoders over damaged packets: whatever the octets, no trap, and what decodes can be written again.
struct FuzzTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private let secret = SharedSecret(Array("testing123".utf8))

    /// Every hexadecimal word of the vectors that is long enough to be attributes.
    private static let seeds: [[UInt8]] = {
        let folder = root.appending(path: "Tests/Vectors/radius")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().flatMap { name -> [[UInt8]] in
            let text = (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
            return text.split(whereSeparator: \.isWhitespace).compactMap { Hexadecimal.decode($0.utf8) }.filter { $0.count >= 6 }
        }
    }()

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func damagedPackets(seed: UInt64) throws {
        let dictionary = try AttributeDictionary.load(Self.root.appending(path: "Dictionaries").path)
        #expect(Self.seeds.count > 50)
        var random = SeededGenerator(seed: seed)
        var valid = 0
        for round in 0..<40_000 {
            let octets = round % 2 == 0 ? Self.damaged(using: &random) : Self.strange(using: &random)
            guard let packet = try? Packet(validating: octets) else { continue }
            valid += 1
            exercise(packet, dictionary)
        }
        #expect(valid > 20_000)
    }

    /// Everything that reads a packet, then everything that decoded written again.
    private func exercise(_ packet: Packet, _ dictionary: AttributeDictionary) {
        _ = packet.userPassword(secret)
        _ = packet.verifyMessageAuthenticator(secret, requestAuthenticator: .zero)
        _ = packet.verifyRequestAuthenticator(secret)
        _ = packet.verifyResponseAuthenticator(secret, requestAuthenticator: .zero)
        _ = packet.text(AttributeType.userName)
        _ = packet.integer(5)
        let attributes = packet.decode(dictionary, secret: secret, requestAuthenticator: .zero)
        #expect(attributes.count <= packet.bytes.count)
        var encoder = AttributeEncoder(secret: secret, vector: packet.authenticator, dictionary: dictionary, salt: 0x8000)
        for attribute in attributes {
            _ = attribute.printedValue
            try? encoder.append(attribute)
            for leaf in attribute.leaves { try? encoder.append(leaf) }
        }
        #expect(isWellFormed(encoder.bytes))
    }

    private func isWellFormed(_ attributes: [UInt8]) -> Bool {
        var end = 0
        for attribute in RawAttributes(bytes: attributes, start: 0) { end = attribute.range.upperBound }
        return end == attributes.count
    }

    private static func damaged(using random: inout SeededGenerator) -> [UInt8] {
        var octets = seeds.randomElement(using: &random) ?? []
        if octets.count < 20 || random.next() % 2 == 0 { octets = [1, 0, 0, 0] + random.octets(16) + octets }
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let place = Int.random(in: 0..<octets.count, using: &random)
            switch random.next() % 5 {
            case 0: octets[place] = UInt8.random(in: 0...255, using: &random)
            case 1: octets[place] ^= 1 << UInt8(random.next() % 8)
            case 2: octets.insert(contentsOf: random.octets(Int.random(in: 1...8, using: &random)), at: place)
            case 3: octets.removeSubrange(place..<min(octets.count, place + Int.random(in: 1...4, using: &random)))
            default: octets += (seeds.randomElement(using: &random) ?? []).prefix(200)
            }
            if octets.isEmpty { octets = [0] }
        }
        // Most packets shall pass the header's check, else only that is tested.
        if octets.count >= 20, random.next() % 8 != 0 {
            octets[0] = [1, 2, 4, 5, 11, 40, 43].randomElement(using: &random) ?? 1
            octets[2] = UInt8(octets.count >> 8)
            octets[3] = UInt8(octets.count & 255)
        }
        return octets
    }

    /// A packet whose lengths add up, with attributes that lead into every decoder and random octets inside.
    private static func strange(using random: inout SeededGenerator) -> [UInt8] {
        let types: [UInt8] = [1, 2, 4, 26, 26, 26, 26, 64, 69, 69, 89, 92, 92, 97, 137, 241, 244, 245, 245, 246, 255]
        let vendors: [UInt64] = [0, 9, 43, 311, 429, 529, 2636, 4846, 4874, 8164, 14122, 14823, 14988, 24757, 29671, 41112, 0x0100_0009]
        var attributes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...10, using: &random) {
            let type = types.randomElement(using: &random) ?? 1
            var value: [UInt8] = []
            switch type {
            case 26: value = BigEndian.octets(vendors.randomElement(using: &random) ?? 9, count: 4) + part(using: &random)
            case 245...246: value = [[1, 4, 26].randomElement(using: &random) ?? 1, [0, 0, 0x80].randomElement(using: &random) ?? 0]
            case 241...244: value = [[1, 2, 26].randomElement(using: &random) ?? 1]
            default: break
            }
            if value.count < 3, value.first == 26 { value += BigEndian.octets(vendors.randomElement(using: &random) ?? 9, count: 4) }
            if type != 26 || random.next() % 4 == 0 { value += random.octets(Int.random(in: 0...40, using: &random)) }
            attributes += [type, UInt8(value.count + 2)] + value
        }
        let length = attributes.count + 20
        return [[1, 2, 4, 43].randomElement(using: &random) ?? 1, 0, UInt8(length >> 8), UInt8(length & 255)] + random.octets(16)
            + attributes
    }

    /// One or two sub-attributes, most of them with a length that adds up.
    private static func part(using random: inout SeededGenerator) -> [UInt8] {
        (0..<Int.random(in: 1...2, using: &random)).flatMap { _ -> [UInt8] in
            let value = random.octets(Int.random(in: 0...30, using: &random))
            let isWrong = random.next() % 8 == 0
            return [UInt8.random(in: 0...90, using: &random), UInt8(value.count + (isWrong ? 1 : 2))] + value
        }
    }
}
