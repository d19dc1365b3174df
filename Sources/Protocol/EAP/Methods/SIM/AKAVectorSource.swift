/// Where the authentication vectors of subscribers come from: an HLR or HSS, a file, a laboratory's own MILENAGE.
///
/// Calls may block and are made only where ``EAPMethod/needsWorker`` is true.
public protocol AKAVectorSource: Sendable {
    /// GSM triplets with different RANDs (3GPP TS 43.020).
    /// - Parameters:
    ///   - imsi: 6…15 digits.
    ///   - count: 2 or 3.
    func triplets(imsi: String, count: Int) throws(AKAVectorError) -> [SIMTriplet]

    /// One UMTS quintuplet (3GPP TS 33.102 §6.3.2).
    /// - Parameters:
    ///   - imsi: 6…15 digits.
    ///   - networkName: for EAP-AKA' the access network's name: CK and IK come back bound to it (TS 33.402 §A.2) and AUTN's separation
    ///     bit is set; nil for EAP-AKA.
    func quintuplet(imsi: String, networkName: [UInt8]?) throws(AKAVectorError) -> AKAQuintuplet

    /// Takes over the sequence number of a card that found ours out of range (TS 33.102 §6.3.5).
    /// - Parameters:
    ///   - rand: 16 octets, the challenge the card answered to.
    ///   - auts: the card's 14 octets.
    func resynchronise(imsi: String, rand: [UInt8], auts: [UInt8]) throws(AKAVectorError)
}

/// A GSM authentication vector.
public struct SIMTriplet: Sendable, Equatable {
    /// 16 octets.
    public var rand: [UInt8]
    /// 4 octets.
    public var sres: [UInt8]
    /// 8 octets.
    public var kc: [UInt8]

    public init(rand: [UInt8], sres: [UInt8], kc: [UInt8]) {
        self.rand = rand
        self.sres = sres
        self.kc = kc
    }
}

/// A UMTS authentication vector.
public struct AKAQuintuplet: Sendable, Equatable {
    /// 16 octets.
    public var rand: [UInt8]
    /// 16 octets: SQN ⊕ AK, AMF, MAC.
    public var autn: [UInt8]
    /// 4…16 octets, the answer of a genuine card.
    public var xres: [UInt8]
    /// 16 octets; CK' when bound to a network.
    public var ck: [UInt8]
    /// 16 octets; IK' when bound to a network.
    public var ik: [UInt8]

    public init(rand: [UInt8], autn: [UInt8], xres: [UInt8], ck: [UInt8], ik: [UInt8]) {
        self.rand = rand
        self.autn = autn
        self.xres = xres
        self.ck = ck
        self.ik = ik
    }

    /// The same vector with CK' and IK' (TS 33.402 §A.2, RFC 9048 §3.3).
    /// - Parameter networkName: 1…65535 octets.
    public func bound(to networkName: [UInt8]) -> AKAQuintuplet {
        let length = [UInt8(truncatingIfNeeded: networkName.count >> 8), UInt8(truncatingIfNeeded: networkName.count)]
        let derived = KeyedHash.sha256.authenticate([0x20] + networkName + length + autn.prefix(6) + [0, 6], key: ck + ik)
        var result = self
        result.ck = Array(derived.prefix(16))
        result.ik = Array(derived.suffix(16))
        return result
    }
}

/// Why a source has no vector.
public enum AKAVectorError: Error, Sendable, Equatable {
    case unknownSubscriber
    /// The source cannot answer now; the text says why, without secrets.
    case unavailable(String)
    /// AUTS does not come from this subscriber's card.
    case wrongSynchronisation
}
