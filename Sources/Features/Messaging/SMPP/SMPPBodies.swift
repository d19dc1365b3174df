/// The body of bind_transceiver (§4.1.5).
struct SMPPBind: Sendable, Equatable {
    var systemID: String
    var password: String
    var systemType: String
    /// SMPP 3.4.
    var interfaceVersion: UInt8 = 0x34

    init(systemID: String, password: String, systemType: String = "") {
        self.systemID = systemID
        self.password = password
        self.systemType = systemType
    }

    var octets: [UInt8] {
        var writer = SMPPWriter()
        writer.text(systemID, limit: 16)
        writer.text(password, limit: 9)
        writer.text(systemType, limit: 13)
        // Type and plan of addresses, and their range: the center's own choice.
        writer.append([interfaceVersion, 0, 0, 0])
        return writer.octets
    }
}

/// An address with its type of number and numbering plan (§5.2.5, §5.2.6).
struct SMPPAddress: Sendable, Equatable {
    var type: UInt8
    var plan: UInt8
    var text: String

    /// A number `+39…` is international, other digits a short code, all else a name.
    init(_ text: String) {
        let digits = text.drop { $0 == "+" }
        let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
        switch (isNumber, text.hasPrefix("+")) {
        case (true, true): self.init(type: 1, plan: 1, text: String(digits))
        case (true, false): self.init(type: 0, plan: 1, text: text)
        case (false, _): self.init(type: 5, plan: 0, text: text)
        }
    }

    init(type: UInt8, plan: UInt8, text: String) {
        self.type = type
        self.plan = plan
        self.text = text
    }
}

/// The body of submit_sm and deliver_sm (§4.4.1, §4.6.1).
struct SMPPMessage: Sendable, Equatable {
    var source: SMPPAddress
    var destination: SMPPAddress
    /// §5.2.12: 0x40 for a user data header, 0x04 for a receipt.
    var esmClass: UInt8 = 0
    /// 1: a receipt is wanted, whatever comes of it.
    var registeredDelivery: UInt8 = 0
    /// 0: the center's default alphabet, 8: UCS2.
    var dataCoding: UInt8 = 0
    /// At most 254 octets.
    var text: [UInt8]
    /// Optional parameters by tag.
    var options: [UInt16: [UInt8]] = [:]

    enum Tag {
        static let receiptedMessageID: UInt16 = 0x001e
        static let messagePayload: UInt16 = 0x0424
        static let messageState: UInt16 = 0x0427
    }

    init(source: SMPPAddress, destination: SMPPAddress, text: [UInt8]) {
        self.source = source
        self.destination = destination
        self.text = text
    }

    /// - Returns: nil for a body that ends too early.
    init?(_ octets: [UInt8]) {
        var reader = SMPPReader(octets)
        // Service type, addresses; class, protocol, priority; times; receipt, replacement, coding, canned message, length.
        guard reader.text(limit: 6) != nil, let source = reader.address(), let destination = reader.address(),
            let flags = reader.take(3), reader.text(limit: 17) != nil, reader.text(limit: 17) != nil,
            let more = reader.take(5), let text = reader.take(Int(more[4]))
        else { return nil }
        self.init(source: source, destination: destination, text: text)
        esmClass = flags[0]
        registeredDelivery = more[0]
        dataCoding = more[2]
        while !reader.isAtEnd {
            guard let tag = reader.integer(UInt16.self), let length = reader.integer(UInt16.self), let value = reader.take(Int(length))
            else { return nil }
            options[tag] = value
        }
    }

    var octets: [UInt8] {
        var writer = SMPPWriter()
        writer.text("", limit: 6)
        for address in [source, destination] {
            writer.append([address.type, address.plan])
            writer.text(address.text, limit: 21)
        }
        // Protocol, priority and both times are the center's defaults.
        writer.append([esmClass, 0, 0, 0, 0])
        let short = Array(text.prefix(254))
        writer.append([registeredDelivery, 0, dataCoding, 0, UInt8(short.count)] + short)
        for (tag, value) in options.sorted(by: { $0.key < $1.key }) where value.count <= Int(UInt16.max) {
            writer.integer(tag)
            writer.integer(UInt16(value.count))
            writer.append(value)
        }
        return writer.octets
    }
}

extension SMPPReader {
    fileprivate mutating func address() -> SMPPAddress? {
        guard let type = integer(UInt8.self), let plan = integer(UInt8.self), let text = text(limit: 21) else { return nil }
        return SMPPAddress(type: type, plan: plan, text: text)
    }
}
