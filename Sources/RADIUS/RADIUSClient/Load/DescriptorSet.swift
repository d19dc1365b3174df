import Glibc

/// The descriptors that pselect(2) watches for a generator thread; unlike poll(2) it keeps time below a millisecond.
struct DescriptorSet {
    private var bits = fd_set()
    private var highest: Int32 = -1

    /// - Parameter descriptor: below 1024, the system's limit for a set.
    mutating func insert(_ descriptor: Int32) {
        withUnsafeMutableBytes(of: &bits) { $0[Int(descriptor) / 8] |= 1 << UInt8(descriptor % 8) }
        highest = max(highest, descriptor)
    }

    func contains(_ descriptor: Int32) -> Bool {
        withUnsafeBytes(of: bits) { $0[Int(descriptor) / 8] & 1 << UInt8(descriptor % 8) != 0 }
    }

    /// The members that can be read, after waiting for the first as long as `nanoseconds`; none after a signal.
    func readable(within nanoseconds: UInt64) -> DescriptorSet {
        var result = self
        var limit = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        return pselect(highest + 1, &result.bits, nil, nil, &limit, nil) > 0 ? result : DescriptorSet()
    }
}
