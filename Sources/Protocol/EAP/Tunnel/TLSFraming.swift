/// Carries TLS messages of any length in packets of limited length, both ways (RFC 5216 §2.1.5 and §3, RFC 5281 §9.2, RFC 7170 §4.1).
///
/// Each packet begins with an octet of flags; a length may follow. A fragment is answered with a packet of nothing but flags.
struct TLSFraming {
    private enum Flag {
        static let length: UInt8 = 0x80
        static let more: UInt8 = 0x40
        static let start: UInt8 = 0x20
        static let outerTLVs: UInt8 = 0x10
        static let version: UInt8 = 0x07
    }

    /// What a packet of the peer means.
    enum Input: Equatable {
        /// A whole message; empty when the peer only acknowledges or waits.
        case message([UInt8])
        /// A fragment; ``acknowledgement`` is due.
        case fragment
        /// The peer has our fragment; ``nextFragment()`` is due.
        case acknowledged
    }

    /// Where and how packets are cut.
    struct Limits {
        /// The most octets of one EAP packet of ours.
        var packet: Int
        /// The most octets of a peer's message.
        var message: Int
        /// Announces the message's length in each fragment.
        var includesLength: Bool
    }

    private let limits: Limits
    /// The method's version, which each packet carries; nil for EAP-TLS, which has none.
    private let version: UInt8?
    private let takesOuterTLVs: Bool
    private var incoming: [UInt8] = []
    private var announced: Int?
    private var outerLength = 0
    private var outgoing: [UInt8] = []
    private var position = 0

    /// TLVs that came beside the TLS data (TEAP's Outer TLVs), the last message's.
    private(set) var outerTLVs: [UInt8] = []

    init(limits: Limits, version: UInt8?, takesOuterTLVs: Bool = false) {
        self.limits = limits
        self.version = version
        self.takesOuterTLVs = takesOuterTLVs
    }

    /// Type-data of the Start request.
    /// - Parameters:
    ///   - data: what FAST and TEAP tell the peer of their authority.
    ///   - isOuterTLVs: announces `data` as Outer TLVs with their length.
    func start(_ data: [UInt8] = [], isOuterTLVs: Bool = false) -> [UInt8] {
        guard isOuterTLVs else { return [Flag.start | (version ?? 0)] + data }
        return [Flag.start | Flag.outerTLVs | (version ?? 0)] + Self.octets(data.count) + data
    }

    /// Type-data that answers a fragment, or lets the peer speak.
    var acknowledgement: [UInt8] { [version ?? 0] }

    /// Whether fragments wait for the peer's acknowledgement.
    var hasFragments: Bool { position < outgoing.count }

    /// Begins to send a message.
    /// - Returns: type-data of its first fragment.
    mutating func begin(_ message: [UInt8]) -> [UInt8] {
        outgoing = message
        position = 0
        return nextFragment()
    }

    /// Type-data of the next fragment.
    mutating func nextFragment() -> [UInt8] {
        let room = limits.packet - EAPPacket.headerLength - 1
        let isWhole = outgoing.count <= room
        let hasLength = !outgoing.isEmpty && (limits.includesLength || (position == 0 && !isWhole))
        let end = min(outgoing.count, position + room - (hasLength ? 4 : 0))
        var flags = version ?? 0
        if hasLength { flags |= Flag.length }
        if end < outgoing.count { flags |= Flag.more }
        let fragment = [flags] + (hasLength ? Self.octets(outgoing.count) : []) + outgoing[position..<end]
        position = end
        if !hasFragments { (outgoing, position) = ([], 0) }
        return fragment
    }

    /// Takes type-data of a response.
    mutating func receive(_ data: [UInt8]) throws(EAPFailure) -> Input {
        // Some peers acknowledge without even the flags.
        let flags = data.first ?? (version ?? 0)
        var body = data.dropFirst()
        guard flags & Flag.start == 0 else { throw .malformed("start flag") }
        if let version, flags & Flag.version != version { throw .malformed("version \(flags & Flag.version)") }
        let length = flags & Flag.length == 0 ? nil : try Self.length(&body)
        if takesOuterTLVs, flags & Flag.outerTLVs != 0 { outerLength = try Self.length(&body) }
        let hasMore = flags & Flag.more != 0
        guard !hasFragments else {
            guard body.isEmpty, !hasMore else { throw .unexpected("data between our fragments") }
            return .acknowledged
        }
        try check(length, hasMore: hasMore, body.count)
        incoming += body
        guard hasMore else { return .message(try finish()) }
        return .fragment
    }

    private mutating func check(_ length: Int?, hasMore: Bool, _ count: Int) throws(EAPFailure) {
        if let length {
            guard length <= limits.message else { throw .limit("octets") }
            guard announced ?? length == length else { throw .malformed("message length") }
            announced = length
        }
        // A message in one packet needs no length; fragments do, and an empty one would go on for ever.
        guard let announced else {
            guard !hasMore else { throw .malformed("message length") }
            return
        }
        let total = incoming.count + count
        guard hasMore ? count > 0 && total < announced : total == announced else { throw .malformed("message length") }
    }

    private mutating func finish() throws(EAPFailure) -> [UInt8] {
        defer { (incoming, announced, outerLength) = ([], nil, 0) }
        guard outerLength <= incoming.count else { throw .malformed("outer TLV length") }
        outerTLVs = Array(incoming.suffix(outerLength))
        return incoming.dropLast(outerLength)
    }

    private static func octets(_ length: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
    }

    private static func length(_ body: inout ArraySlice<UInt8>) throws(EAPFailure) -> Int {
        guard body.count >= 4 else { throw .malformed("message length") }
        defer { body = body.dropFirst(4) }
        return body.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }
}
