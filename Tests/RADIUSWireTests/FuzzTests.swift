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
        for _ in 0..<50_000 {
            guard let packet = try? Packet(validating: Self.damaged(using: &random)) else { continue }
            valid += 1
            exercise(packet, dictionary)
        }
        #expect(valid > 100)
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
}
