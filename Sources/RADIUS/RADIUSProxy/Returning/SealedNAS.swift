import Digests
public import RADIUSTransport

/// A NAS as the value of Operator-NAS-Identifier (RFC 8559 §3.4): the same octets each time for the same NAS, on every node and after every
/// restart, which nobody without the key can read or make.
///
/// HMAC-SHA-256 makes a tag of the text; the tag and the key make the stream that hides the text (the construction of a synthetic IV, as in
/// RFC 5297).
public struct SealedNAS: Sendable {
    private static let tagLength = 16
    /// What fits an extended attribute, less the tag.
    private static let textLimit = 128

    private let tags: HMACSHA256
    private let streams: HMACSHA256

    /// - Parameter key: random; secret.
    public init(key: [UInt8]) {
        let root = HMACSHA256(key: key)
        tags = HMACSHA256(key: root.authenticate(Array("tag".utf8)))
        streams = HMACSHA256(key: root.authenticate(Array("stream".utf8)))
    }

    /// - Parameter address: where the NAS's requests come from.
    /// - Returns: nil where the NAS's name is too long.
    public func seal(_ client: NASClient.Key, _ address: IPAddress) -> [UInt8]? {
        let name =
            switch client {
            case .row(let id): "#\(id)"
            case .configured(let name): name
            }
        let text = Array("\(address) \(name)".utf8)
        guard text.count <= Self.textLimit else { return nil }
        let tag = Array(tags.authenticate(text).prefix(Self.tagLength))
        return tag + hidden(text, tag)
    }

    /// - Returns: nil for what was not made with this key.
    public func open(_ value: [UInt8]) -> (client: NASClient.Key, address: IPAddress)? {
        guard value.count > Self.tagLength, value.count <= Self.tagLength + Self.textLimit else { return nil }
        let tag = Array(value.prefix(Self.tagLength))
        let octets = hidden(Array(value.dropFirst(Self.tagLength)), tag)
        guard constantTimeEqual(Array(tags.authenticate(octets).prefix(Self.tagLength)), tag) else { return nil }
        let parts = String(decoding: octets, as: UTF8.self).split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2, let address = IPAddress(parts[0]) else { return nil }
        let number = parts[1].hasPrefix("#") ? Int64(parts[1].dropFirst()) : nil
        return (number.map { .row($0) } ?? .configured(parts[1]), address)
    }

    /// Hides a text, or reveals it again.
    private func hidden(_ text: [UInt8], _ tag: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = []
        var counter: UInt8 = 0
        while stream.count < text.count {
            stream += streams.authenticate(tag + [counter])
            counter += 1
        }
        return zip(text, stream).map { $0 ^ $1 }
    }
}
