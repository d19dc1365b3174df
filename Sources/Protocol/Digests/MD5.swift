/// Sixteen octets of an MD5 result (RFC 1321), held as two words in wire order.
///
/// The words keep the octets as they lie in memory; they compare and hash quickly and have no numeric meaning.
public struct MD5Digest: Hashable, Sendable {
    /// Octets 0 to 7 as they lie in memory.
    public var low: UInt64
    /// Octets 8 to 15 as they lie in memory.
    public var high: UInt64

    /// Takes the two halves as they lie in memory.
    public init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// Reads sixteen octets.
    /// - Parameters:
    ///   - buffer: holds at least `offset + 16` octets.
    ///   - offset: any alignment.
    public init(loading buffer: UnsafeRawBufferPointer, at offset: Int = 0) {
        low = buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        high = buffer.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
    }

    /// Writes the sixteen octets.
    /// - Parameters:
    ///   - buffer: has room for `offset + 16` octets.
    ///   - offset: any alignment.
    public func store(to buffer: UnsafeMutableRawBufferPointer, at offset: Int = 0) {
        buffer.storeBytes(of: low, toByteOffset: offset, as: UInt64.self)
        buffer.storeBytes(of: high, toByteOffset: offset + 8, as: UInt64.self)
    }

    /// The sixteen octets as an array.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            store(to: UnsafeMutableRawBufferPointer(buffer))
            count = 16
        }
    }

    /// Compares in time that does not depend on where the digests differ.
    public func isEqualInConstantTime(to other: MD5Digest) -> Bool {
        ((low ^ other.low) | (high ^ other.high)) == 0
    }
}

/// The MD5 message digest (RFC 1321), without allocation: RADIUS signs and hides with it several times per packet.
///
/// It protects nothing by itself; RADIUS prescribes it.
public struct MD5: Sendable {
    /// The four chaining words between two blocks.
    struct State: Sendable {
        var a: UInt32 = 0x6745_2301
        var b: UInt32 = 0xefcd_ab89
        var c: UInt32 = 0x98ba_dcfe
        var d: UInt32 = 0x1032_5476
    }

    private(set) var state: State
    private var length: UInt64
    private var pending = InlineArray<64, UInt8>(repeating: 0)
    private var pendingCount: Int { Int(truncatingIfNeeded: length & 63) }

    /// Starts an empty message.
    public init() {
        state = State()
        length = 0
    }

    /// Goes on after whole blocks whose chaining state was kept.
    /// - Parameter length: octets digested so far, a multiple of 64.
    init(resuming state: State, after length: UInt64) {
        self.state = state
        self.length = length
    }

    /// Digests one array at once.
    public static func hash(_ message: [UInt8]) -> MD5Digest {
        var md5 = MD5()
        md5.update(message)
        return md5.finish()
    }

    /// Appends octets to the message.
    public mutating func update(_ data: UnsafeRawBufferPointer) {
        guard let base = data.baseAddress, data.count > 0 else { return }
        let count = data.count
        let held = pendingCount
        length &+= UInt64(count)
        var offset = 0
        if held > 0 {
            offset = min(64 - held, count)
            hold(UnsafeRawBufferPointer(rebasing: data[0..<offset]), at: held)
            guard held + offset == 64 else { return }
            compressPending()
        }
        while offset + 64 <= count {
            state.compress(base + offset)
            offset += 64
        }
        if offset < count { hold(UnsafeRawBufferPointer(rebasing: data[offset...]), at: 0) }
    }

    /// Appends octets to the message. Inlinable: called through its generic form from another module, an array's octets would cost a copy.
    @inlinable
    public mutating func update(_ data: some Collection<UInt8>) {
        let contiguous: Void? = data.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
        if contiguous == nil { Array(data).withUnsafeBytes { update($0) } }
    }

    /// Appends sixteen octets to the message.
    public mutating func update(_ digest: MD5Digest) {
        withUnsafeBytes(of: (digest.low, digest.high)) { update($0) }
    }

    /// Ends the message. The value must not be used afterwards.
    public mutating func finish() -> MD5Digest {
        let bitLength = length &<< 3
        let held = pendingCount
        pending[held] = 0x80
        for index in (held + 1)..<64 { pending[index] = 0 }
        if held >= 56 {
            compressPending()
            for index in 0..<56 { pending[index] = 0 }
        }
        withUnsafeMutableBytes(of: &pending) { $0.storeBytes(of: bitLength.littleEndian, toByteOffset: 56, as: UInt64.self) }
        compressPending()
        return MD5Digest(
            low: (UInt64(state.a) | UInt64(state.b) &<< 32).littleEndian,
            high: (UInt64(state.c) | UInt64(state.d) &<< 32).littleEndian)
    }

    private mutating func hold(_ data: UnsafeRawBufferPointer, at offset: Int) {
        withUnsafeMutableBytes(of: &pending) { UnsafeMutableRawBufferPointer(rebasing: $0[offset...]).copyMemory(from: data) }
    }

    private mutating func compressPending() {
        withUnsafeBytes(of: &pending) { block in
            if let base = block.baseAddress { state.compress(base) }
        }
    }
}

extension MD5.State {
    /// Digests one block of 64 octets (RFC 1321 §3.4). Unrolled: a loop over tables costs twice the time.
    mutating func compress(_ words: UnsafeRawPointer) {
        var a = self.a
        var b = self.b
        var c = self.c
        var d = self.d
        // Round 1
        Self.round1(&a, b, c, d, words, 0, 7, 0xd76a_a478)
        Self.round1(&d, a, b, c, words, 1, 12, 0xe8c7_b756)
        Self.round1(&c, d, a, b, words, 2, 17, 0x2420_70db)
        Self.round1(&b, c, d, a, words, 3, 22, 0xc1bd_ceee)
        Self.round1(&a, b, c, d, words, 4, 7, 0xf57c_0faf)
        Self.round1(&d, a, b, c, words, 5, 12, 0x4787_c62a)
        Self.round1(&c, d, a, b, words, 6, 17, 0xa830_4613)
        Self.round1(&b, c, d, a, words, 7, 22, 0xfd46_9501)
        Self.round1(&a, b, c, d, words, 8, 7, 0x6980_98d8)
        Self.round1(&d, a, b, c, words, 9, 12, 0x8b44_f7af)
        Self.round1(&c, d, a, b, words, 10, 17, 0xffff_5bb1)
        Self.round1(&b, c, d, a, words, 11, 22, 0x895c_d7be)
        Self.round1(&a, b, c, d, words, 12, 7, 0x6b90_1122)
        Self.round1(&d, a, b, c, words, 13, 12, 0xfd98_7193)
        Self.round1(&c, d, a, b, words, 14, 17, 0xa679_438e)
        Self.round1(&b, c, d, a, words, 15, 22, 0x49b4_0821)
        // Round 2
        Self.round2(&a, b, c, d, words, 1, 5, 0xf61e_2562)
        Self.round2(&d, a, b, c, words, 6, 9, 0xc040_b340)
        Self.round2(&c, d, a, b, words, 11, 14, 0x265e_5a51)
        Self.round2(&b, c, d, a, words, 0, 20, 0xe9b6_c7aa)
        Self.round2(&a, b, c, d, words, 5, 5, 0xd62f_105d)
        Self.round2(&d, a, b, c, words, 10, 9, 0x0244_1453)
        Self.round2(&c, d, a, b, words, 15, 14, 0xd8a1_e681)
        Self.round2(&b, c, d, a, words, 4, 20, 0xe7d3_fbc8)
        Self.round2(&a, b, c, d, words, 9, 5, 0x21e1_cde6)
        Self.round2(&d, a, b, c, words, 14, 9, 0xc337_07d6)
        Self.round2(&c, d, a, b, words, 3, 14, 0xf4d5_0d87)
        Self.round2(&b, c, d, a, words, 8, 20, 0x455a_14ed)
        Self.round2(&a, b, c, d, words, 13, 5, 0xa9e3_e905)
        Self.round2(&d, a, b, c, words, 2, 9, 0xfcef_a3f8)
        Self.round2(&c, d, a, b, words, 7, 14, 0x676f_02d9)
        Self.round2(&b, c, d, a, words, 12, 20, 0x8d2a_4c8a)
        // Round 3
        Self.round3(&a, b, c, d, words, 5, 4, 0xfffa_3942)
        Self.round3(&d, a, b, c, words, 8, 11, 0x8771_f681)
        Self.round3(&c, d, a, b, words, 11, 16, 0x6d9d_6122)
        Self.round3(&b, c, d, a, words, 14, 23, 0xfde5_380c)
        Self.round3(&a, b, c, d, words, 1, 4, 0xa4be_ea44)
        Self.round3(&d, a, b, c, words, 4, 11, 0x4bde_cfa9)
        Self.round3(&c, d, a, b, words, 7, 16, 0xf6bb_4b60)
        Self.round3(&b, c, d, a, words, 10, 23, 0xbebf_bc70)
        Self.round3(&a, b, c, d, words, 13, 4, 0x289b_7ec6)
        Self.round3(&d, a, b, c, words, 0, 11, 0xeaa1_27fa)
        Self.round3(&c, d, a, b, words, 3, 16, 0xd4ef_3085)
        Self.round3(&b, c, d, a, words, 6, 23, 0x0488_1d05)
        Self.round3(&a, b, c, d, words, 9, 4, 0xd9d4_d039)
        Self.round3(&d, a, b, c, words, 12, 11, 0xe6db_99e5)
        Self.round3(&c, d, a, b, words, 15, 16, 0x1fa2_7cf8)
        Self.round3(&b, c, d, a, words, 2, 23, 0xc4ac_5665)
        // Round 4
        Self.round4(&a, b, c, d, words, 0, 6, 0xf429_2244)
        Self.round4(&d, a, b, c, words, 7, 10, 0x432a_ff97)
        Self.round4(&c, d, a, b, words, 14, 15, 0xab94_23a7)
        Self.round4(&b, c, d, a, words, 5, 21, 0xfc93_a039)
        Self.round4(&a, b, c, d, words, 12, 6, 0x655b_59c3)
        Self.round4(&d, a, b, c, words, 3, 10, 0x8f0c_cc92)
        Self.round4(&c, d, a, b, words, 10, 15, 0xffef_f47d)
        Self.round4(&b, c, d, a, words, 1, 21, 0x8584_5dd1)
        Self.round4(&a, b, c, d, words, 8, 6, 0x6fa8_7e4f)
        Self.round4(&d, a, b, c, words, 15, 10, 0xfe2c_e6e0)
        Self.round4(&c, d, a, b, words, 6, 15, 0xa301_4314)
        Self.round4(&b, c, d, a, words, 13, 21, 0x4e08_11a1)
        Self.round4(&a, b, c, d, words, 4, 6, 0xf753_7e82)
        Self.round4(&d, a, b, c, words, 11, 10, 0xbd3a_f235)
        Self.round4(&c, d, a, b, words, 2, 15, 0x2ad7_d2bb)
        Self.round4(&b, c, d, a, words, 9, 21, 0xeb86_d391)
        self.a &+= a
        self.b &+= b
        self.c &+= c
        self.d &+= d
    }

    @inline(__always)
    private static func word(_ words: UnsafeRawPointer, _ index: Int) -> UInt32 {
        UInt32(littleEndian: words.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self))
    }

    @inline(__always)
    private static func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 {
        (value &<< count) | (value &>> (32 &- count))
    }

    @inline(__always)
    private static func round1(
        _ a: inout UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ words: UnsafeRawPointer, _ index: Int, _ shift: UInt32,
        _ constant: UInt32
    ) {
        a = b &+ rotate(a &+ (d ^ (b & (c ^ d))) &+ word(words, index) &+ constant, shift)
    }

    @inline(__always)
    private static func round2(
        _ a: inout UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ words: UnsafeRawPointer, _ index: Int, _ shift: UInt32,
        _ constant: UInt32
    ) {
        a = b &+ rotate(a &+ (c ^ (d & (b ^ c))) &+ word(words, index) &+ constant, shift)
    }

    @inline(__always)
    private static func round3(
        _ a: inout UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ words: UnsafeRawPointer, _ index: Int, _ shift: UInt32,
        _ constant: UInt32
    ) {
        a = b &+ rotate(a &+ (b ^ c ^ d) &+ word(words, index) &+ constant, shift)
    }

    @inline(__always)
    private static func round4(
        _ a: inout UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ words: UnsafeRawPointer, _ index: Int, _ shift: UInt32,
        _ constant: UInt32
    ) {
        a = b &+ rotate(a &+ (c ^ (b | ~d)) &+ word(words, index) &+ constant, shift)
    }
}
