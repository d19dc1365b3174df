import COpenSSL

@testable import EAP

extension PwdCurve {
    /// The point with this x, when there is one.
    func compressed(_ x: [UInt8], isOdd: Bool) -> PwdPoint? {
        guard let number = PwdNumber(x), BN_cmp(number.pointer, prime.pointer) < 0, let point = PwdPoint(group),
            EC_POINT_set_compressed_coordinates(group, point.pointer, number.pointer, isOdd ? 1 : 0, context) == 1
        else { return nil }
        return point
    }
}
