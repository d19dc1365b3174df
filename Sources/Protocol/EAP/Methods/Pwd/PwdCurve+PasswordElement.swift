internal import COpenSSL

extension PwdCurve {
    /// Rounds that always run, found or not; all fail for one password in 2⁴⁰ (RFC 5931 §2.8.3.1, RFC 8146 §3).
    private static let rounds: UInt8 = 40

    /// Turns a password into a point (hunting and pecking, RFC 5931 §2.8.3.1).
    ///
    /// The number of the round that succeeds depends on the password, so each round does the same work, the value tested
    /// for being a square is blinded, and the first hit is kept by masks instead of branches.
    /// - Parameters:
    ///   - token: the four octets of the ID exchange.
    ///   - password: prepared.
    func passwordElement(token: [UInt8], peerIdentity: [UInt8], serverIdentity: [UInt8], password: [UInt8]) -> PwdPoint? {
        guard let primeOctets = prime.octets(length) else { return nil }
        let label = Array("EAP-pwd Hunting And Pecking".utf8)
        var x = [UInt8](repeating: 0, count: length)
        var parity: UInt8 = 0
        var found: UInt8 = 0
        for counter in 1...Self.rounds {
            let seed = PwdKeys.hash(token + peerIdentity + serverIdentity + password + [counter])
            let candidate = aligned(PwdKeys.derive(seed, label: label, bits: primeBits))
            guard let square = squareMask(candidate) else { return nil }
            let take = Self.belowMask(candidate, primeOctets) & square & ~found
            for index in x.indices { x[index] |= candidate[index] & take }
            parity |= (seed.last ?? 0) & 1 & take
            found |= take
        }
        guard found == 0xff, let number = PwdNumber(x), let point = PwdPoint(group),
            EC_POINT_set_compressed_coordinates(group, point.pointer, number.pointer, Int32(parity), context) == 1
        else { return nil }
        return point
    }

    /// The derived bits as a number: where the prime's length is no whole number of octets, the surplus is at the low end.
    private func aligned(_ octets: [UInt8]) -> [UInt8] {
        let surplus = 8 * length - primeBits
        guard surplus > 0 else { return octets }
        var result = octets
        for index in octets.indices {
            let above = index == 0 ? 0 : octets[index - 1]
            result[index] = octets[index] >> UInt8(surplus) | above << UInt8(8 - surplus)
        }
        return result
    }

    /// 0xff when x³ + ax + b is a square modulo the prime, else 0; nil when OpenSSL fails.
    private func squareMask(_ candidate: [UInt8]) -> UInt8? {
        guard let x = PwdNumber(candidate), let right = PwdNumber(), let blind = PwdNumber(), let exponent = PwdNumber() else { return nil }
        BN_set_flags(x.pointer, BN_FLG_CONSTTIME)
        guard BN_nnmod(x.pointer, x.pointer, prime.pointer, context) == 1,
            BN_mod_sqr(right.pointer, x.pointer, prime.pointer, context) == 1,
            BN_mod_add(right.pointer, right.pointer, a.pointer, prime.pointer, context) == 1,
            BN_mod_mul(right.pointer, right.pointer, x.pointer, prime.pointer, context) == 1,
            BN_mod_add(right.pointer, right.pointer, b.pointer, prime.pointer, context) == 1,
            // Times the square of a random number: as square or not as before, and nothing else of it is left.
            BN_priv_rand_range(blind.pointer, prime.pointer) == 1,
            BN_mod_sqr(blind.pointer, blind.pointer, prime.pointer, context) == 1,
            BN_mod_mul(right.pointer, right.pointer, blind.pointer, prime.pointer, context) == 1,
            // Euler's criterion; the exponent is public and as long for every value.
            BN_rshift1(exponent.pointer, prime.pointer) == 1,
            BN_mod_exp_mont_consttime(right.pointer, right.pointer, exponent.pointer, prime.pointer, context, nil) == 1,
            let result = right.octets(length)
        else { return nil }
        var difference: UInt8 = 0
        for (index, octet) in result.enumerated() { difference |= octet ^ (index == length - 1 ? 1 : 0) }
        return Self.zeroMask(difference)
    }

    /// 0xff when the first number is below the second, else 0; same length, big-endian.
    private static func belowMask(_ left: [UInt8], _ right: [UInt8]) -> UInt8 {
        var borrow: UInt16 = 0
        for index in left.indices.reversed() {
            borrow = (UInt16(left[index]) &- UInt16(right[index]) &- borrow) >> 15
        }
        return UInt8(truncatingIfNeeded: 0 &- borrow)
    }

    private static func zeroMask(_ octet: UInt8) -> UInt8 {
        UInt8(truncatingIfNeeded: (UInt16(octet) &- 1) >> 8)
    }
}
