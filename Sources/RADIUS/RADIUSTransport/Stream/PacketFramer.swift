/// Cuts a stream of octets into packets by their Length fields (RFC 6613 §2.6.1).
struct PacketFramer {
    private let maximumLength: Int
    private var pending: [UInt8] = []

    /// - Parameter maximumLength: of one packet; also bounds what is kept of an incomplete one.
    init(maximumLength: Int) {
        self.maximumLength = maximumLength
    }

    /// Whether a packet has begun and not ended.
    var isInsidePacket: Bool { !pending.isEmpty }

    /// Takes octets in order.
    /// - Returns: the packets that are whole now; nil when a Length field is below 20 or beyond the limit, after which nothing can be read.
    mutating func append(_ octets: [UInt8]) -> [[UInt8]]? {
        pending += octets
        var packets: [[UInt8]] = []
        var start = 0
        while pending.count - start >= 4 {
            let length = Int(pending[start + 2]) << 8 | Int(pending[start + 3])
            guard length >= 20, length <= maximumLength else { return nil }
            guard pending.count - start >= length else { break }
            packets.append(Array(pending[start..<(start + length)]))
            start += length
        }
        pending = start < pending.count ? Array(pending[start...]) : []
        return packets
    }
}
