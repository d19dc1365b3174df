/// The EAP-TLV packets that end PEAP's phase 2 ([MS-PEAP] §2.2.8).
struct PEAPResult {
    private static let resultType: UInt16 = 3

    /// What the peer says of the outcome; nil when it says nothing.
    private(set) var isSuccess: Bool?
    /// Value of its Cryptobinding TLV.
    private(set) var cryptoBinding: [UInt8]?

    /// Reads type-data of type 33.
    /// - Throws: ``EAPFailure/malformed(_:)``, also for a mandatory TLV that is unknown.
    init(_ data: [UInt8]) throws(EAPFailure) {
        var rest = data[...]
        while !rest.isEmpty {
            guard rest.count >= 4 else { throw .malformed("TLV header") }
            let head = rest.prefix(4).map { Int($0) }
            let value = Array(rest.dropFirst(4).prefix(head[2] << 8 | head[3]))
            guard value.count == head[2] << 8 | head[3] else { throw .malformed("TLV length") }
            try take(UInt16(head[0] << 8 | head[1]), value)
            rest = rest.dropFirst(4 + value.count)
        }
    }

    private mutating func take(_ head: UInt16, _ value: [UInt8]) throws(EAPFailure) {
        switch head & 0x3fff {
        case Self.resultType:
            guard value.count == 2 else { throw .malformed("Result TLV") }
            isSuccess = value == [0, 1]
        case PEAPCryptoBinding.type:
            cryptoBinding = value
        default:
            guard head & 0x8000 == 0 else { throw .malformed("unknown mandatory TLV \(head & 0x3fff)") }
        }
    }

    /// Type-data of the server's word.
    /// - Parameter cryptoBinding: a whole TLV, or empty.
    static func request(isSuccess: Bool, cryptoBinding: [UInt8] = []) -> [UInt8] {
        [0x80, UInt8(resultType), 0, 2, 0, isSuccess ? 1 : 2] + cryptoBinding
    }
}
