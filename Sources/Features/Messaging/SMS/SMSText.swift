import Foundation

/// A text message as telephone networks carry it (3GPP TS 23.038, TS 23.040): in the GSM alphabet or UTF-16, cut into parts.
public struct SMSText: Sendable, Equatable {
    public enum Encoding: Sendable, Equatable {
        /// The GSM default alphabet and its extension; one octet for each septet, not packed.
        case gsm7
        /// UTF-16, big-endian.
        case ucs2
    }

    public let encoding: Encoding
    /// The octets of each part, without its header; one part for a text that fits, at most 255.
    public let parts: [[UInt8]]

    /// Septets or octets that a text without parts may have, and a part beside its header of six octets.
    private static let limits: [Encoding: (whole: Int, part: Int)] = [.gsm7: (160, 153), .ucs2: (140, 134)]

    public init(_ text: String) {
        // Each element is one character, which must not be cut apart: an escaped one has two septets, one beyond the BMP four octets.
        let scalars = Array(text.replacing("\r\n", with: "\n").precomposedStringWithCanonicalMapping.unicodeScalars)
        let septets = scalars.map(GSMAlphabet.septets)
        let characters: [[UInt8]]
        if septets.contains(where: { $0 == nil }) {
            encoding = .ucs2
            characters = scalars.map { scalar in
                String(scalar).utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
            }
        } else {
            encoding = .gsm7
            characters = septets.compactMap { $0 }
        }
        let (whole, part) = Self.limits[encoding] ?? (140, 134)
        let all = characters.flatMap { $0 }
        guard all.count > whole else {
            parts = [all]
            return
        }
        var parts: [[UInt8]] = [[]]
        for character in characters {
            if parts[parts.count - 1].count + character.count > part { parts.append([]) }
            parts[parts.count - 1] += character
        }
        self.parts = Array(parts.prefix(255))
    }

    /// The parts with their user data headers: information element 0, concatenation with an 8-bit reference (TS 23.040 §9.2.3.24.1).
    /// - Parameter reference: the same for all parts, another for the next message to the same recipient.
    public func partsWithHeaders(reference: UInt8) -> [[UInt8]] {
        guard parts.count > 1 else { return parts }
        return parts.enumerated().map { index, part in [5, 0, 3, reference, UInt8(parts.count), UInt8(index + 1)] + part }
    }
}

/// The GSM default alphabet with its extension (3GPP TS 23.038 §6.2.1).
enum GSMAlphabet {
    /// By code; U+001B stands for the escape.
    private static let basic = Array(
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1b}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
            .unicodeScalars)
    private static let extended: [Unicode.Scalar: UInt8] = [
        "\u{c}": 0x0a, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2f, "[": 0x3c, "~": 0x3d, "]": 0x3e, "|": 0x40, "€": 0x65,
    ]
    private static let codes: [Unicode.Scalar: [UInt8]] = {
        var codes: [Unicode.Scalar: [UInt8]] = extended.mapValues { [0x1b, $0] }
        for (code, scalar) in basic.enumerated() where scalar != "\u{1b}" { codes[scalar] = [UInt8(code)] }
        return codes
    }()

    /// One septet, or two for a character of the extension; nil for one that the alphabet lacks.
    static func septets(_ scalar: Unicode.Scalar) -> [UInt8]? { codes[scalar] }

    /// The text of septets; an unknown extension reads as a blank.
    static func text(_ septets: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        var isEscaped = false
        for septet in septets {
            if isEscaped {
                text.append(extended.first { $0.value == septet }?.key ?? " ")
                isEscaped = false
            } else if septet == 0x1b {
                isEscaped = true
            } else {
                text.append(septet < basic.count ? basic[Int(septet)] : " ")
            }
        }
        return String(text)
    }
}
