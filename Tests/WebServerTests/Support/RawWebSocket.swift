import Foundation

/// The client's side of a WebSocket (RFC 6455), octet by octet.
struct RawWebSocket: Sendable {
    struct Frame: Equatable {
        var opcode: UInt8
        var payload: [UInt8]
        /// RSV1.
        var isCompressed = false
        var text: String { String(decoding: payload, as: UTF8.self) }
    }

    let connection: RawConnection

    /// Sends the opening handshake.
    /// - Returns: the answer's head, and the connection once it is a WebSocket.
    static func open(_ path: String, port: Int, fields: String = "") throws -> (head: String, socket: RawWebSocket) {
        let connection = try RawConnection(port: port)
        connection.send(
            "GET \(path) HTTP/1.1\r\nHost: radian.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(fields)\r\n")
        // Octet by octet: frames may follow at once.
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
            guard let octet = connection.receiveExactly(1) else { break }
            head += octet
        }
        return (String(decoding: head, as: UTF8.self), RawWebSocket(connection: connection))
    }

    func send(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true, isCompressed: Bool = false) {
        let mask: [UInt8] = [1, 2, 3, 4]
        var frame: [UInt8] = [(isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcode]
        if payload.count < 126 {
            frame.append(0x80 | UInt8(payload.count))
        } else {
            frame += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        }
        frame += mask
        for (index, byte) in payload.enumerated() { frame.append(byte ^ mask[index % 4]) }
        connection.send(frame)
    }

    func send(_ text: String) { send(1, Array(text.utf8)) }

    /// The next frame; nil once the connection is closed.
    func receive() -> Frame? {
        guard let head = connection.receiveExactly(2) else { return nil }
        var length = Int(head[1] & 0x7F)
        if length == 126 {
            guard let more = connection.receiveExactly(2) else { return nil }
            length = Int(more[0]) << 8 | Int(more[1])
        } else if length == 127 {
            guard let more = connection.receiveExactly(8) else { return nil }
            length = more.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let payload = connection.receiveExactly(length) else { return nil }
        return Frame(opcode: head[0] & 15, payload: payload, isCompressed: head[0] & 0x40 != 0)
    }
}

extension RawConnection {
    /// Nil when the other side closes before.
    func receiveExactly(_ count: Int) -> [UInt8]? {
        var received: [UInt8] = []
        while received.count < count {
            guard let part = receiveSome(count - received.count) else { return nil }
            received += part
        }
        return received
    }
}
