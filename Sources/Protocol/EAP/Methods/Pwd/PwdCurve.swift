internal import COpenSSL

/// A number of OpenSSL's, wiped when it goes.
final class PwdNumber {
    let pointer: OpaquePointer

    init?(_ octets: [UInt8] = []) {
        guard let number = BN_bin2bn(octets, Int32(octets.count), nil) else { return nil }
        pointer = number
    }

    deinit { BN_clear_free(pointer) }

    /// Big-endian, zeros in front; nil when the number is longer than `length`.
    func octets(_ length: Int) -> [UInt8]? {
        var result = [UInt8](repeating: 0, count: length)
        return BN_bn2binpad(pointer, &result, Int32(length)) == Int32(length) ? result : nil
    }
}

/// A point of a curve, wiped when it goes.
final class PwdPoint {
    let pointer: OpaquePointer

    init?(_ group: OpaquePointer) {
        guard let point = EC_POINT_new(group) else { return nil }
        pointer = point
    }

    deinit { EC_POINT_clear_free(pointer) }
}

/// The arithmetic of EAP-pwd on one curve of prime order; used by one thread at a time.
///
/// Functions answer nil when a value is out of range or OpenSSL fails, so that no octets of a peer can do more than fail the exchange.
final class PwdCurve {
    /// Octets of a coordinate; the orders of the three curves have the same length.
    let length: Int
    let primeBits: Int
    let group: OpaquePointer
    let context: OpaquePointer
    let prime: PwdNumber
    let a: PwdNumber
    let b: PwdNumber
    private let order: PwdNumber

    init?(_ curve: PwdGroup) {
        let name =
            switch curve {
            case .p256: NID_X9_62_prime256v1
            case .p384: NID_secp384r1
            case .p521: NID_secp521r1
            }
        guard let prime = PwdNumber(), let a = PwdNumber(), let b = PwdNumber(), let order = PwdNumber(), let context = BN_CTX_secure_new()
        else { return nil }
        guard let group = EC_GROUP_new_by_curve_name(name) else {
            BN_CTX_free(context)
            return nil
        }
        self.group = group
        self.context = context
        self.prime = prime
        self.a = a
        self.b = b
        self.order = order
        let isRead =
            EC_GROUP_get_curve(group, prime.pointer, a.pointer, b.pointer, context) == 1
            && EC_GROUP_get_order(group, order.pointer, context) == 1
        primeBits = Int(BN_num_bits(prime.pointer))
        length = (primeBits + 7) / 8
        guard isRead else { return nil }
    }

    deinit {
        EC_GROUP_free(group)
        BN_CTX_free(context)
    }

    /// Two secrets of one exchange and what the peer sees of them (RFC 5931 §2.8.3.2).
    struct Commitment {
        let secret: PwdNumber
        /// (secret + mask) mod order, ``PwdCurve/length`` octets.
        let scalar: [UInt8]
        /// −mask · PWE: x and y, ``PwdCurve/length`` octets each.
        let element: [UInt8]
    }

    /// Draws the secrets and commits to them.
    func commitment(to passwordElement: PwdPoint) -> Commitment? {
        guard let secret = PwdNumber(), let mask = PwdNumber(), let scalar = PwdNumber(), let element = PwdPoint(group) else { return nil }
        BN_set_flags(secret.pointer, BN_FLG_CONSTTIME)
        BN_set_flags(mask.pointer, BN_FLG_CONSTTIME)
        repeat {
            guard BN_priv_rand_range(secret.pointer, order.pointer) == 1, BN_priv_rand_range(mask.pointer, order.pointer) == 1,
                BN_mod_add(scalar.pointer, secret.pointer, mask.pointer, order.pointer, context) == 1
            else { return nil }
        } while BN_is_zero(secret.pointer) == 1 || BN_is_zero(mask.pointer) == 1 || !isAboveOne(scalar)
        guard EC_POINT_mul(group, element.pointer, nil, passwordElement.pointer, mask.pointer, context) == 1,
            EC_POINT_invert(group, element.pointer, context) == 1, let scalarOctets = scalar.octets(length),
            let elementOctets = octets(of: element)
        else { return nil }
        return Commitment(secret: secret, scalar: scalarOctets, element: elementOctets)
    }

    /// The x coordinate of secret · (peerScalar · PWE + peerElement), ``length`` octets (RFC 5931 §2.8.4.1).
    /// - Returns: nil when scalar or element is out of range, off the curve, or the result is the point at infinity.
    func sharedSecret(_ secret: PwdNumber, passwordElement: PwdPoint, peerScalar: [UInt8], peerElement: [UInt8]) -> [UInt8]? {
        guard let scalar = PwdNumber(peerScalar), isAboveOne(scalar), BN_cmp(scalar.pointer, order.pointer) < 0,
            let element = point(peerElement), let sum = PwdPoint(group), let result = PwdPoint(group),
            EC_POINT_mul(group, sum.pointer, nil, passwordElement.pointer, scalar.pointer, context) == 1,
            EC_POINT_add(group, sum.pointer, sum.pointer, element.pointer, context) == 1,
            EC_POINT_mul(group, result.pointer, nil, sum.pointer, secret.pointer, context) == 1,
            EC_POINT_is_at_infinity(group, result.pointer) == 0
        else { return nil }
        return octets(of: result).map { Array($0.prefix(length)) }
    }

    /// The point with these coordinates: x and y, both below the prime and on the curve.
    func point(_ octets: [UInt8]) -> PwdPoint? {
        guard octets.count == 2 * length, let x = PwdNumber(Array(octets.prefix(length))), let y = PwdNumber(Array(octets.suffix(length))),
            BN_cmp(x.pointer, prime.pointer) < 0, BN_cmp(y.pointer, prime.pointer) < 0, let point = PwdPoint(group),
            EC_POINT_set_affine_coordinates(group, point.pointer, x.pointer, y.pointer, context) == 1,
            EC_POINT_is_on_curve(group, point.pointer, context) == 1
        else { return nil }
        return point
    }

    /// x and y; nil for the point at infinity.
    func octets(of point: PwdPoint) -> [UInt8]? {
        guard let x = PwdNumber(), let y = PwdNumber(),
            EC_POINT_get_affine_coordinates(group, point.pointer, x.pointer, y.pointer, context) == 1,
            let left = x.octets(length), let right = y.octets(length)
        else { return nil }
        return left + right
    }

    private func isAboveOne(_ number: PwdNumber) -> Bool {
        BN_is_zero(number.pointer) == 0 && BN_is_one(number.pointer) == 0
    }
}
