/// What a client offers about compression of messages: `permessage-deflate` (RFC 7692 §7.1).
///
/// Each message is compressed by itself, in both directions: one that many get is then compressed once for all of them, and an open
/// WebSocket keeps no window.
enum DeflateOffer {
    private static let name = "permessage-deflate"
    /// Bits of the window of what is sent, which is the same for everybody.
    private static let windowBits = 15

    /// The answer to `Sec-WebSocket-Extensions`; nil without an offer that can be accepted.
    /// - Parameter fields: the values of all fields of this name; alternatives come in the order of preference.
    static func answer(to fields: [String]) -> String? {
        for offer in fields.joined(separator: ",").split(separator: ",") {
            if let answer = answer(toOffer: offer) { return answer }
        }
        return nil
    }

    private static func answer(toOffer offer: Substring) -> String? {
        let parts = offer.split(separator: ";", omittingEmptySubsequences: false).map { trimmed($0) }
        guard parts.first?.lowercased() == name else { return nil }
        var answer = "\(name); server_no_context_takeover; client_no_context_takeover"
        var seen: Set<String> = []
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { trimmed($0) }
            let (parameter, value) = (pair[0].lowercased(), pair.count > 1 ? unquoted(pair[1]) : nil)
            // An offer that is not understood whole is declined.
            guard seen.insert(parameter).inserted else { return nil }
            switch parameter {
            case "server_no_context_takeover", "client_no_context_takeover":
                guard value == nil else { return nil }
            case "client_max_window_bits":
                guard value == nil || value.flatMap(bits) != nil else { return nil }
            case "server_max_window_bits":
                guard value.flatMap(bits) == windowBits else { return nil }
                answer += "; server_max_window_bits=\(windowBits)"
            default: return nil
            }
        }
        return answer
    }

    /// 8 to 15, without zeros before (§7.1.2).
    private static func bits(_ text: Substring) -> Int? {
        Int(text).flatMap { (8...15).contains($0) && String($0) == text ? $0 : nil }
    }

    private static func unquoted(_ text: Substring) -> Substring {
        text.count > 1 && text.first == "\"" && text.last == "\"" ? text.dropFirst().dropLast() : text
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
