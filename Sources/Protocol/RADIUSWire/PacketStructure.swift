/// The checks that need no secret and no dictionary, in the order in which servers make them.
struct PacketStructure {
    let length: Int
    /// Offset of Message-Authenticator's value; 0 when there is none.
    let messageAuthenticatorOffset: Int

    init(
        validating datagram: UnsafeRawBufferPointer, maximumLength: Int, maximumAttributes: Int, requiresMessageAuthenticator: Bool
    ) throws(WireError) {
        guard datagram.count >= 20 else { throw .datagramTooShort(count: datagram.count) }
        let length = Int(datagram[2]) << 8 | Int(datagram[3])
        guard length >= 20, length <= datagram.count else { throw .badLength(field: length, count: datagram.count) }
        guard length <= maximumLength else { throw .packetTooLong(length: length, limit: maximumLength) }

        var offset = 20
        var count = 0
        var messageAuthenticator = 0
        var hasEAP = false
        var password: UInt8 = 0
        while offset < length {
            guard offset + 2 <= length else { throw .truncatedAttribute(offset: offset) }
            let type = datagram[offset]
            let attributeLength = Int(datagram[offset + 1])
            guard type != 0 else { throw .attributeTypeZero(offset: offset) }
            guard attributeLength >= 2, offset + attributeLength <= length else {
                throw .badAttributeLength(attribute: type, offset: offset, length: attributeLength)
            }
            switch type {
            case AttributeType.messageAuthenticator:
                guard attributeLength == 18, messageAuthenticator == 0 else { throw .badMessageAuthenticator(offset: offset) }
                messageAuthenticator = offset + 2
            case AttributeType.eapMessage: hasEAP = true
            case AttributeType.userPassword, AttributeType.chapPassword, AttributeType.arapPassword: password = type
            default: break
            }
            count += 1
            guard count <= maximumAttributes else { throw .tooManyAttributes(limit: maximumAttributes) }
            offset += attributeLength
        }
        if hasEAP {
            guard messageAuthenticator != 0 || !requiresMessageAuthenticator else { throw .missingMessageAuthenticator }
            guard password == 0 else { throw .passwordBesideEAP(attribute: password) }
        }
        if requiresMessageAuthenticator, datagram[0] == PacketCode.statusServer.rawValue, messageAuthenticator == 0 {
            throw .missingMessageAuthenticator
        }
        self.length = length
        messageAuthenticatorOffset = messageAuthenticator
    }
}
