import CZlib
import NIOCore

/// Compresses one message piece by piece (RFC 7692 §7.2.1).
final class MessageDeflation {
    /// Octets between two chances for others.
    private static let piece = 64 << 10

    /// At one place as long as zlib knows it.
    private let stream: UnsafeMutablePointer<z_stream>
    private var output = ByteBuffer()

    private init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // No frame around it, 15 bits of window. Of a graph the best compression is little less than the fastest one.
        let started = deflateInit2_(
            stream, Z_BEST_SPEED, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard started == Z_OK else { return nil }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// The message's compressed form, made by a task that lets others run; nil when zlib has no memory.
    static func task(for text: ByteBuffer) -> Task<ByteBuffer?, Never> {
        Task.detached {
            guard let deflation = MessageDeflation() else { return nil }
            var rest = text
            while let part = rest.readSlice(length: min(rest.readableBytes, piece)), part.readableBytes > 0 {
                deflation.take(part, flush: Z_NO_FLUSH)
                await Task.yield()
            }
            return deflation.end()
        }
    }

    private func take(_ part: ByteBuffer, flush: Int32) {
        part.withUnsafeReadableBytes { from in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: from.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(from.count)
            repeat {
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: 4096) { into in
                    let room = min(into.count, Self.piece)
                    stream.pointee.next_out = into.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    stream.pointee.avail_out = UInt32(room)
                    _ = deflate(stream, flush)
                    return room - Int(stream.pointee.avail_out)
                }
            } while stream.pointee.avail_out == 0
        }
    }

    /// Ends with an empty block, whose last octets go without saying.
    private func end() -> ByteBuffer {
        take(ByteBuffer(), flush: Z_SYNC_FLUSH)
        return output.getSlice(at: output.readerIndex, length: output.readableBytes - MessageInflation.tail.count) ?? output
    }
}
