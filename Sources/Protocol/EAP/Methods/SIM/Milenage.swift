/// MILENAGE, 3GPP's example of the functions f1…f5* (TS 35.206), with AES-128 as its kernel.
public struct Milenage: Sendable {
    private let key: [UInt8]
    private let opc: [UInt8]

    /// - Parameters:
    ///   - key: K, 16 octets.
    ///   - opc: 16 octets.
    /// - Returns: nil when a length is wrong.
    public init?(key: [UInt8], opc: [UInt8]) {
        guard key.count == 16, opc.count == 16 else { return nil }
        self.key = key
        self.opc = opc
    }

    /// OPc from the operator's OP (TS 35.206 §4.1); nil when a length is wrong.
    public static func opc(key: [UInt8], op: [UInt8]) -> [UInt8]? {
        guard op.count == 16, let encrypted = BlockCipher.encryptBlock(op, key: key) else { return nil }
        return xor(encrypted, op)
    }

    /// f1 and f1*: MAC-A and MAC-S, 8 octets each.
    /// - Parameters:
    ///   - rand: 16 octets.
    ///   - sqn: 6 octets.
    ///   - amf: 2 octets.
    public func authenticationCodes(rand: [UInt8], sqn: [UInt8], amf: [UInt8]) -> (macA: [UInt8], macS: [UInt8]) {
        let input = sqn + amf + sqn + amf
        let rotated = Self.rotate(Self.xor(input, opc), octets: 8)
        let output = Self.xor(encrypt(Self.xor(encrypt(Self.xor(rand, opc)), rotated)), opc)
        return (Array(output.prefix(8)), Array(output.suffix(8)))
    }

    /// f2…f5*: RES (8), CK (16), IK (16), AK (6), AK* (6).
    /// - Parameter rand: 16 octets.
    public func response(rand: [UInt8]) -> (res: [UInt8], ck: [UInt8], ik: [UInt8], ak: [UInt8], akStar: [UInt8]) {
        let base = Self.xor(encrypt(Self.xor(rand, opc)), opc)
        func output(octets: Int, constant: UInt8) -> [UInt8] {
            var block = Self.rotate(base, octets: octets)
            block[15] ^= constant
            return Self.xor(encrypt(block), opc)
        }
        let second = output(octets: 0, constant: 1)
        return (
            Array(second.suffix(8)), output(octets: 4, constant: 2), output(octets: 8, constant: 4), Array(second.prefix(6)),
            Array(output(octets: 12, constant: 8).prefix(6))
        )
    }

    /// A triplet by the conversion functions c2 and c3 (TS 33.102 §6.8.1.2).
    public func triplet(rand: [UInt8]) -> SIMTriplet {
        let (res, ck, ik, _, _) = response(rand: rand)
        return SIMTriplet(
            rand: rand, sres: Self.xor(Array(res.prefix(4)), Array(res.suffix(4))),
            kc: Self.xor(
                Self.xor(Array(ck.prefix(8)), Array(ck.suffix(8))), Self.xor(Array(ik.prefix(8)), Array(ik.suffix(8)))))
    }

    /// A quintuplet (TS 33.102 §6.3.2).
    func quintuplet(rand: [UInt8], sqn: [UInt8], amf: [UInt8]) -> AKAQuintuplet {
        let (res, ck, ik, ak, _) = response(rand: rand)
        let macA = authenticationCodes(rand: rand, sqn: sqn, amf: amf).macA
        return AKAQuintuplet(rand: rand, autn: Self.xor(sqn, ak) + amf + macA, xres: res, ck: ck, ik: ik)
    }

    /// The card's sequence number out of AUTS (TS 33.102 §6.3.3); nil when MAC-S is wrong.
    func sequenceNumber(auts: [UInt8], rand: [UInt8]) -> [UInt8]? {
        guard auts.count == 14, rand.count == 16 else { return nil }
        let sqn = Self.xor(Array(auts.prefix(6)), response(rand: rand).akStar)
        // The card computes with an AMF of zeros.
        let macS = authenticationCodes(rand: rand, sqn: sqn, amf: [0, 0]).macS
        return macS == Array(auts.suffix(8)) ? sqn : nil
    }

    private func encrypt(_ block: [UInt8]) -> [UInt8] {
        BlockCipher.encryptBlock(block, key: key) ?? [UInt8](repeating: 0, count: 16)
    }

    /// Rotates to the left.
    private static func rotate(_ block: [UInt8], octets: Int) -> [UInt8] {
        Array(block.dropFirst(octets) + block.prefix(octets))
    }

    private static func xor(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        zip(left, right).map { $0 ^ $1 }
    }
}
