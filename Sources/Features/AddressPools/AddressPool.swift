public import RADIUSPipeline
import RADIUSTransport

/// A pool of addresses or prefixes, handed out without a row for each of them.
public struct AddressPool: Sendable, Equatable {
    public var name: String
    public var kind: AddressKind
    public var ranges: AddressRanges
    /// How long a lease lasts without accounting.
    public var leaseSeconds: Int64
    /// Owner; nil is valid in every organization.
    public var organizationID: String?

    public init(name: String, kind: AddressKind, ranges: AddressRanges, leaseSeconds: Int64, organizationID: String? = nil) {
        self.name = name
        self.kind = kind
        self.ranges = ranges
        self.leaseSeconds = leaseSeconds
        self.organizationID = organizationID
    }
}

/// Addresses or prefixes of one kind in an order.
public struct AddressRanges: Sendable, Equatable {
    /// Consecutive addresses, or prefixes of one length that follow each other.
    struct Range: Sendable, Equatable {
        var first: UInt128
        var count: UInt128
        var text: String
    }

    let version: UInt8
    /// Length of what is handed out: 32 or 128 for addresses.
    public let length: Int
    let ranges: [Range]

    /// More are never counted.
    private static let largest: UInt128 = 1 << 62

    /// Reads ranges such as `10.0.0.10-10.0.0.250`, `10.1.0.0/24` or `2001:db8:100::/40`, separated by commas or blanks.
    ///
    /// Of an IPv4 network the first and the last address are left out, of an IPv6 network the first (RFC 4291 §2.6.1).
    /// - Parameter length: of the prefixes, for kinds that hand out prefixes; 64 or 56 when nil.
    /// - Throws: a sentence for operators.
    public init(_ text: String, kind: AddressKind, length: Int? = nil) throws(AddressPoolError) {
        let isPrefix = kind == .ipv6Prefix || kind == .delegatedPrefix
        version = kind == .ipv4 ? 4 : 6
        self.length = kind == .ipv4 ? 32 : isPrefix ? length ?? (kind == .ipv6Prefix ? 64 : 56) : 128
        guard isPrefix || length == nil, (isPrefix ? 16...128 : 32...128).contains(self.length) else {
            throw .invalidRange("a prefix length of \(length ?? 0) does not fit \(kind.rawValue)")
        }
        var ranges: [Range] = []
        for part in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            ranges.append(try Self.range(part, version: version, length: self.length, isPrefix: isPrefix))
        }
        if ranges.isEmpty { throw .invalidRange("a pool needs a range such as 10.0.0.10-10.0.0.250 or 2001:db8::/48") }
        let ordered = ranges.sorted { $0.first < $1.first }
        for (a, b) in zip(ordered, ordered.dropFirst()) where a.first + a.count > b.first {
            throw .invalidRange("\(a.text) and \(b.text) overlap")
        }
        self.ranges = ranges
    }

    private static func range(_ text: Substring, version: UInt8, length: Int, isPrefix: Bool) throws(AddressPoolError) -> Range {
        let width = version == 4 ? 32 : 128
        let step = UInt128(width - length)
        if let dash = text.firstIndex(of: "-") {
            guard !isPrefix, let first = IPAddress(text[..<dash]), let last = IPAddress(text[text.index(after: dash)...]),
                first.version == version, last.version == version, first.number <= last.number
            else { throw .invalidRange("'\(text)' is not a range of such addresses") }
            return Range(first: first.number, count: min(last.number - first.number, largest - 1) + 1, text: String(text))
        }
        guard let prefix = IPPrefix(text), prefix.address.version == version, prefix.length <= length else {
            throw .invalidRange("'\(text)' is not a network that holds such addresses")
        }
        let bits = UInt128(length - prefix.length)
        var range = Range(
            first: prefix.address.number >> step, count: bits >= 62 ? largest : UInt128(1) << bits, text: String(text))
        if !isPrefix, bits > 1 {
            range.first += 1
            range.count -= version == 4 ? 2 : 1
        }
        return range
    }

    /// How many there are.
    public var count: Int64 { Int64(min(ranges.reduce(UInt128(0)) { $0 + $1.count }, Self.largest)) }

    /// The text form, as read.
    public var description: String { ranges.map(\.text).joined(separator: ", ") }

    /// The address or prefix at a position, as a lease stores it; nil beyond the end.
    func text(at position: Int64) -> String? {
        var rest = UInt128(max(0, position))
        for range in ranges {
            if rest < range.count { return text(range.first + rest) }
            rest -= range.count
        }
        return nil
    }

    /// Whether a stored address or prefix is one of these.
    func contains(_ text: String) -> Bool {
        guard let prefix = IPPrefix(text), prefix.address.version == version, prefix.length == length else { return false }
        let number = prefix.address.number >> UInt128((version == 4 ? 32 : 128) - length)
        return ranges.contains { $0.first <= number && number - $0.first < $0.count }
    }

    /// Whether another pool could hand out the same address.
    public func overlaps(_ other: AddressRanges) -> Bool {
        guard version == other.version else { return false }
        let width = version == 4 ? 32 : 128
        return ranges.contains { a in
            other.ranges.contains { b in
                let (firstA, endA) = (a.first << UInt128(width - length), (a.first + a.count - 1) << UInt128(width - length))
                let (firstB, endB) = (b.first << UInt128(width - other.length), (b.first + b.count - 1) << UInt128(width - other.length))
                let lastA = endA + ((1 << UInt128(width - length)) - 1)
                let lastB = endB + ((1 << UInt128(width - other.length)) - 1)
                return firstA <= lastB && firstB <= lastA
            }
        }
    }

    private func text(_ number: UInt128) -> String {
        if version == 4 { return IPAddress(ipv4: UInt32(truncatingIfNeeded: number)).description }
        let full = number << UInt128(128 - length)
        let address = IPAddress(ipv6High: UInt64(truncatingIfNeeded: full >> 64), low: UInt64(truncatingIfNeeded: full))
        return length == 128 ? address.description : "\(address)/\(length)"
    }
}

extension IPAddress {
    fileprivate var number: UInt128 { UInt128(high) << 64 | UInt128(low) }
}

/// Why something about pools was refused.
public enum AddressPoolError: Error, Equatable, CustomStringConvertible {
    case invalidRange(String)
    case exists(String)
    case unknown(String)
    case overlaps(String)
    case inUse(String, leases: Int)

    public var description: String {
        switch self {
        case .invalidRange(let text): text
        case .exists(let name): "a pool '\(name)' exists already"
        case .unknown(let name): "there is no pool '\(name)'; 'radian pool list' shows them"
        case .overlaps(let name): "the pool '\(name)' has some of these addresses; two pools would hand out the same one"
        case .inUse(let name, let leases): "\(leases) leases of pool '\(name)' are running; --force ends them"
        }
    }
}
