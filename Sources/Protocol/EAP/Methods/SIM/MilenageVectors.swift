internal import Digests
internal import NIOConcurrencyHelpers

/// Subscribers whose keys are known: a laboratory's or a private network's cards.
///
/// Sequence numbers live in memory. After a restart a card finds ours too low and answers with its own, which is taken over.
public final class MilenageVectors: AKAVectorSource {
    private struct Subscriber {
        var algorithm: Milenage
        var amf: [UInt8]
        /// SQN: 43 bits SEQ and 5 bits IND (TS 33.102 §C.3.2).
        var sequence: UInt64
    }

    private let subscribers: NIOLockedValueBox<[String: Subscriber]>

    /// Reads one subscriber a line: IMSI, K, OPc, AMF, SQN, the last four in hexadecimal; `#` begins a comment.
    /// - Throws: ``SubscriberFileError`` with the number of the line.
    public init(_ text: String) throws(SubscriberFileError) {
        var table: [String: Subscriber] = [:]
        for (number, fields) in SubscriberFileError.lines(text, separator: " ") {
            guard fields.count >= 5, SubscriberDigits.isIMSI(fields[0].utf8), let key = Hexadecimal.decode(fields[1].utf8),
                let opc = Hexadecimal.decode(fields[2].utf8), let algorithm = Milenage(key: key, opc: opc),
                let amf = Hexadecimal.decode(fields[3].utf8), amf.count == 2, fields[4].utf8.count == 12,
                let sequence = UInt64(fields[4], radix: 16)
            else { throw SubscriberFileError(line: number) }
            table[fields[0]] = Subscriber(algorithm: algorithm, amf: amf, sequence: sequence)
        }
        subscribers = NIOLockedValueBox(table)
    }

    public func triplets(imsi: String, count: Int) throws(AKAVectorError) -> [SIMTriplet] {
        guard let algorithm = subscribers.withLockedValue({ $0[imsi]?.algorithm }) else { throw .unknownSubscriber }
        return (0..<count).map { _ in algorithm.triplet(rand: randomOctets(16)) }
    }

    public func quintuplet(imsi: String, networkName: [UInt8]?) throws(AKAVectorError) -> AKAQuintuplet {
        let subscriber = subscribers.withLockedValue { table -> Subscriber? in
            // One step of SEQ, IND kept.
            table[imsi]?.sequence += 32
            return table[imsi]
        }
        guard let subscriber else { throw .unknownSubscriber }
        var amf = subscriber.amf
        // The separation bit says that CK and IK serve a network outside 3GPP's (TS 33.402 §A.2).
        if networkName != nil { amf[0] |= 0x80 }
        let vector = subscriber.algorithm.quintuplet(rand: randomOctets(16), sqn: Self.octets(subscriber.sequence), amf: amf)
        return networkName.map { vector.bound(to: $0) } ?? vector
    }

    public func resynchronise(imsi: String, rand: [UInt8], auts: [UInt8]) throws(AKAVectorError) {
        guard let algorithm = subscribers.withLockedValue({ $0[imsi]?.algorithm }) else { throw .unknownSubscriber }
        guard let sqn = algorithm.sequenceNumber(auts: auts, rand: rand) else { throw .wrongSynchronisation }
        let sequence = sqn.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        subscribers.withLockedValue { $0[imsi]?.sequence = sequence }
    }

    private static func octets(_ sequence: UInt64) -> [UInt8] {
        (0..<6).map { UInt8(truncatingIfNeeded: sequence >> UInt64(40 - 8 * $0)) }
    }
}

/// A line of a subscriber file that cannot be read; says nothing of its content, which is secret.
public struct SubscriberFileError: Error, Equatable {
    /// Counted from 1.
    public var line: Int

    /// The lines that say something, each with its number and fields.
    static func lines(_ text: String, separator: Character) -> [(Int, [String])] {
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            let fields = line.prefix { $0 != "#" }.split { $0 == separator || $0.isWhitespace }.map(String.init)
            return fields.isEmpty ? nil : (index + 1, fields)
        }
    }
}
