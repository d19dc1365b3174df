import CZlib
import NIOCore

/// Reads compressed messages (RFC 7692 §7.2.2).
enum MessageInflation {
    enum Failure: Error, Equatable {
        case malformed
        /// More octets than allowed; no more of them was kept.
        case tooLarge
    }

    /// The end of an empty block, with which each message would end.
    static let tail: [UInt8] = [0, 0, 0xFF, 0xFF]

    /// - Parameters:
    ///   - message: compressed by itself.
    ///   - limit: octets of the result.
    static func inflate(_ message: ByteBuffer, limit: Int) throws(Failure) -> ByteBuffer {
        var stream = z_stream()
        return try withUnsafeMutablePointer(to: &stream) { stream throws(Failure) in
            guard inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { throw .tooLarge }
            defer { inflateEnd(stream) }
            var (message, output) = (message, ByteBuffer())
            message.writeBytes(tail)
            let failure = message.withUnsafeReadableBytes { from in
                stream.pointee.next_in = UnsafeMutablePointer(mutating: from.baseAddress?.assumingMemoryBound(to: UInt8.self))
                stream.pointee.avail_in = UInt32(from.count)
                return run(stream, into: &output, limit: limit)
            }
            if let failure { throw failure }
            return output
        }
    }

    /// Until the input is used up.
    private static func run(_ stream: UnsafeMutablePointer<z_stream>, into output: inout ByteBuffer, limit: Int) -> Failure? {
        while true {
            let result = step(stream, into: &output, room: limit + 1 - output.readableBytes)
            if output.readableBytes > limit { return .tooLarge }
            switch result {
            case Z_STREAM_END:
                // A last block may be followed by others (§7.2.3.4); all but the tail is read.
                if Int(stream.pointee.avail_in) <= tail.count { return nil }
                inflateReset(stream)
            case Z_OK, Z_BUF_ERROR:
                // zlib's mark for the end of a block, which another call would take away: a message does not end within one.
                if stream.pointee.avail_in == 0, stream.pointee.data_type & 128 != 0 { return nil }
                guard stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0 else { return .malformed }
            default: return .malformed
            }
        }
    }

    private static func step(_ stream: UnsafeMutablePointer<z_stream>, into output: inout ByteBuffer, room: Int) -> Int32 {
        var result = Z_OK
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: min(room, 4096)) { into in
            let room = min(into.count, room)
            stream.pointee.next_out = into.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(room)
            result = CZlib.inflate(stream, Z_SYNC_FLUSH)
            return room - Int(stream.pointee.avail_out)
        }
        return result
    }
}
