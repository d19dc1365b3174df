/// Cuts messages of EAP-pwd into fragments and joins the peer's (RFC 5931 §4).
struct PwdFraming {
    /// One of the three exchanges, in the low bits of the first octet.
    enum Exchange: UInt8 {
        case id = 1
        case commit = 2
        case confirm = 3
    }

    /// What a response was.
    enum Received {
        /// A whole message.
        case message(Exchange, [UInt8])
        /// A part of one, or the word for ours: answer with this type-data.
        case answer([UInt8])
        case failure(EAPFailure)
    }

    /// Octets of type-data that one packet may have.
    private let room: Int
    private var outgoing: ArraySlice<UInt8> = []
    private var outgoingExchange = Exchange.id
    private var incoming: [UInt8] = []
    private var announced: Int?

    private static let lengthFlag: UInt8 = 0x80
    private static let moreFlag: UInt8 = 0x40
    /// No message of any of the groups comes near.
    private static let maximumLength = 1024

    /// - Parameter fragmentSize: octets that an EAP packet may have.
    init(fragmentSize: Int) {
        room = max(fragmentSize - EAPPacket.headerLength, 16)
    }

    /// The first or only packet of a message.
    mutating func send(_ exchange: Exchange, _ message: [UInt8]) -> [UInt8] {
        outgoing = message[...]
        outgoingExchange = exchange
        guard message.count + 1 > room else { return nextFragment() }
        let length = [UInt8(truncatingIfNeeded: message.count >> 8), UInt8(truncatingIfNeeded: message.count)]
        let part = outgoing.prefix(room - 3)
        outgoing = outgoing.dropFirst(part.count)
        return [Self.lengthFlag | Self.moreFlag | exchange.rawValue] + length + part
    }

    private mutating func nextFragment() -> [UInt8] {
        let part = outgoing.prefix(room - 1)
        outgoing = outgoing.dropFirst(part.count)
        return [(outgoing.isEmpty ? 0 : Self.moreFlag) | outgoingExchange.rawValue] + part
    }

    mutating func receive(_ data: [UInt8]) -> Received {
        guard let first = data.first, let exchange = Exchange(rawValue: first & 0x3f) else {
            return .failure(.malformed("PWD-Exch"))
        }
        guard exchange == outgoingExchange else { return .failure(.unexpected("PWD-Exch \(exchange.rawValue)")) }
        guard outgoing.isEmpty else {
            return data == [exchange.rawValue] ? .answer(nextFragment()) : .failure(.unexpected("message amid our fragments"))
        }
        var part = data.dropFirst()
        if first & Self.lengthFlag != 0 {
            guard part.count >= 2, incoming.isEmpty else { return .failure(.malformed("Total-Length")) }
            announced = Int(part[1]) << 8 | Int(part[2])
            part = part.dropFirst(2)
        }
        let limit = announced ?? Self.maximumLength
        guard limit <= Self.maximumLength, incoming.count + part.count <= limit else {
            return .failure(.limit("EAP-pwd message of more than \(min(limit, Self.maximumLength)) octets"))
        }
        incoming += part
        if first & Self.moreFlag != 0 {
            guard announced != nil, !part.isEmpty else { return .failure(.malformed("fragment")) }
            return .answer([exchange.rawValue])
        }
        guard announced == nil || announced == incoming.count else { return .failure(.malformed("Total-Length")) }
        defer {
            incoming = []
            announced = nil
        }
        return .message(exchange, incoming)
    }
}
