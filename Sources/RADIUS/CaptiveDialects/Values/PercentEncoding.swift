/// Percent encoding (RFC 3986 §2.1).
enum PercentEncoding {
    private static let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)

    /// Every octet but the unreserved ones as `%XX`.
    static func encode(_ text: String) -> String { encode(text.utf8, keeping: unreserved) }

    static func encode(_ octets: some Sequence<UInt8>, keeping kept: Set<UInt8>) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for octet in octets {
            if kept.contains(octet) {
                encoded.append(octet)
            } else {
                encoded += [UInt8(ascii: "%"), digits[Int(octet >> 4)], digits[Int(octet & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// The text of an encoded one. A percent sign without two digits stands for itself; what is no UTF-8 is repaired.
    /// - Parameter form: a plus sign is a space.
    static func decode(_ text: some Sequence<UInt8>, form: Bool) -> String {
        let octets = Array(text)
        var decoded: [UInt8] = []
        decoded.reserveCapacity(octets.count)
        var index = 0
        while index < octets.count {
            let octet = octets[index]
            if octet == UInt8(ascii: "%"), index + 2 < octets.count, let value = UInt8(pair: octets[index + 1], octets[index + 2]) {
                decoded.append(value)
                index += 3
            } else {
                decoded.append(form && octet == UInt8(ascii: "+") ? UInt8(ascii: " ") : octet)
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// `name=value` pairs joined by ampersands.
    static func query(_ fields: [CaptiveField]) -> String {
        fields.map { "\(encode($0.name))=\(encode($0.value))" }.joined(separator: "&")
    }
}

extension UInt8 {
    fileprivate init?(pair high: UInt8, _ low: UInt8) {
        guard let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16), high != UInt8(ascii: "+"),
            high != UInt8(ascii: "-")
        else { return nil }
        self = value
    }
}
