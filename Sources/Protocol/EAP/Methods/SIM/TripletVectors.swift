internal import Digests

/// EAP-SIM's triplets from a text file, for tests with cards whose answers were recorded. Using a RAND again weakens it.
public struct TripletVectors: AKAVectorSource {
    private let table: [String: [SIMTriplet]]

    /// Reads one triplet a line, `IMSI:Kc:SRES:RAND`, the last three in hexadecimal; `#` begins a comment.
    /// - Throws: ``SubscriberFileError`` with the number of the line.
    public init(_ text: String) throws(SubscriberFileError) {
        var table: [String: [SIMTriplet]] = [:]
        for (number, fields) in SubscriberFileError.lines(text, separator: ":") {
            guard fields.count == 4, SubscriberDigits.isIMSI(fields[0].utf8), let kc = Hexadecimal.decode(fields[1].utf8), kc.count == 8,
                let sres = Hexadecimal.decode(fields[2].utf8), sres.count == 4, let rand = Hexadecimal.decode(fields[3].utf8),
                rand.count == 16
            else { throw SubscriberFileError(line: number) }
            table[fields[0], default: []].append(SIMTriplet(rand: rand, sres: sres, kc: kc))
        }
        self.table = table
    }

    public func triplets(imsi: String, count: Int) throws(AKAVectorError) -> [SIMTriplet] {
        guard let triplets = table[imsi] else { throw .unknownSubscriber }
        guard triplets.count >= 2 else { throw .unavailable("fewer than two triplets") }
        return Array(triplets.prefix(count))
    }

    public func quintuplet(imsi: String, networkName: [UInt8]?) throws(AKAVectorError) -> AKAQuintuplet {
        throw table[imsi] == nil ? .unknownSubscriber : .unavailable("triplets only")
    }

    public func resynchronise(imsi: String, rand: [UInt8], auts: [UInt8]) throws(AKAVectorError) {
        throw .unavailable("triplets only")
    }
}
