import NIOCore

/// Why a connection's octets are no SMPP.
struct SMPPFrameError: Error, Equatable {
    /// The announced length.
    let length: UInt32
}

/// Cuts a connection's octets into units.
struct SMPPFrameDecoder: ByteToMessageDecoder {
    typealias InboundOut = SMPPPDU

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let pdu = try Self.next(&buffer) else { return .needMoreData }
        context.fireChannelRead(wrapInboundOut(pdu))
        return .continue
    }

    mutating func decodeLast(context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool) throws -> DecodingState {
        try decode(context: context, buffer: &buffer)
    }

    /// The next whole unit; nil when more octets are needed.
    /// - Throws: ``SMPPFrameError`` for a length that no unit has; nothing after it can be read.
    static func next(_ buffer: inout ByteBuffer) throws -> SMPPPDU? {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else { return nil }
        guard length >= 16, length <= UInt32(SMPPPDU.lengthLimit) else { throw SMPPFrameError(length: length) }
        guard buffer.readableBytes >= Int(length), var unit = buffer.readSlice(length: Int(length)) else { return nil }
        unit.moveReaderIndex(forwardBy: 4)
        guard let command = unit.readInteger(as: UInt32.self), let status = unit.readInteger(as: UInt32.self),
            let sequence = unit.readInteger(as: UInt32.self)
        else { return nil }
        return SMPPPDU(command: command, status: status, sequence: sequence, body: Array(unit.readableBytesView))
    }
}
