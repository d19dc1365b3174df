import NIOCore
import NIOWebSocket

/// Puts the frames of a client together to messages (RFC 6455 §5.4), of which it may have compressed some (RFC 7692).
struct IncomingMessages {
    private struct Message {
        var octets = ByteBuffer()
        var isCompressed: Bool
    }

    private let mayBeCompressed: Bool
    /// Octets of a message, as it comes and as it is.
    private let limit: Int
    private var begun: Message?

    init(mayBeCompressed: Bool, limit: Int) {
        self.mayBeCompressed = mayBeCompressed
        self.limit = limit
    }

    /// - Returns: the message that this frame ends; nil for a part of one, and for control frames.
    /// - Throws: why the client cannot be served any more.
    mutating func take(_ frame: WebSocketFrame) throws(WebSocketFailure) -> String? {
        let begins = frame.opcode == .text || frame.opcode == .binary
        // Only the first frame of a message says that it is compressed (RFC 7692 §6).
        if frame.rsv2 || frame.rsv3 || frame.rsv1 && !(begins && mayBeCompressed) { throw .protocolError }
        guard begins || frame.opcode == .continuation else { return nil }
        guard begins == (begun == nil) else { throw .protocolError }
        var message = begun ?? Message(isCompressed: frame.rsv1)
        begun = nil
        guard message.octets.readableBytes + frame.length <= limit else { throw .tooLarge }
        var part = frame.unmaskedData
        message.octets.writeBuffer(&part)
        guard frame.fin else {
            begun = message
            return nil
        }
        guard message.isCompressed else { return String(buffer: message.octets) }
        do throws(MessageInflation.Failure) {
            return String(buffer: try MessageInflation.inflate(message.octets, limit: limit))
        } catch {
            throw error == .tooLarge ? .tooLarge : .invalidData
        }
    }
}

/// Why the server closes a WebSocket (RFC 6455 §7.4.1).
enum WebSocketFailure: UInt16, Error {
    case protocolError = 1002
    case invalidData = 1007
    case tooLarge = 1009
}
