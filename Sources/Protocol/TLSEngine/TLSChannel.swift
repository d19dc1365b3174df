import COpenSSL

/// The transport of one session as an OpenSSL BIO: octets wait in arrays instead of a socket.
///
/// OpenSSL's own memory BIO would do for streams, but runs datagrams together.
final class TLSChannel {
    private let isDatagram: Bool
    private var input: [UInt8] = []
    private var position = 0
    private var output: [[UInt8]] = []

    init(isDatagram: Bool) { self.isDatagram = isDatagram }

    /// Octets that OpenSSL has not read yet.
    var pendingInput: Int { input.count - position }

    /// Adds to a stream, or replaces the datagram at hand.
    func deliver(_ bytes: [UInt8]) {
        if isDatagram || pendingInput == 0 {
            input = bytes
        } else {
            input.removeFirst(position)
            input += bytes
        }
        position = 0
    }

    func dropInput() {
        input = []
        position = 0
    }

    func takeOutput() -> [[UInt8]] {
        defer { output = [] }
        return output
    }

    /// A BIO over this channel; it must not outlive the channel.
    func makeBIO() -> OpaquePointer? {
        guard let bio = BIO_new(Self.method) else { return nil }
        BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        return bio
    }

    private func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, pendingInput)
        guard count > 0 else { return 0 }
        buffer.copyBytes(from: input[position..<position + count])
        // What does not fit of a datagram is lost, as with a socket.
        position = isDatagram ? input.count : position + count
        return count
    }

    private func write(_ bytes: UnsafeRawBufferPointer) {
        if isDatagram || output.isEmpty {
            output.append([UInt8](bytes))
        } else {
            output[output.count - 1] += bytes
        }
    }

    private static func of(_ bio: OpaquePointer?) -> TLSChannel? {
        guard let bio, let data = BIO_get_data(bio) else { return nil }
        return Unmanaged<TLSChannel>.fromOpaque(data).takeUnretainedValue()
    }

    // Made once and only read from then on.
    nonisolated(unsafe) private static let method: OpaquePointer? = {
        guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "channel") else { return nil }
        BIO_meth_set_create(method) { bio in
            BIO_set_init(bio, 1)
            return 1
        }
        BIO_meth_set_read(method) { bio, buffer, length in
            BIO_clear_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_IO_SPECIAL | BIO_FLAGS_SHOULD_RETRY)
            guard let channel = TLSChannel.of(bio), let buffer, length > 0 else { return 0 }
            let count = channel.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: Int(length)))
            if count > 0 { return Int32(count) }
            BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
            return -1
        }
        BIO_meth_set_write(method) { bio, bytes, length in
            BIO_clear_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_IO_SPECIAL | BIO_FLAGS_SHOULD_RETRY)
            guard let channel = TLSChannel.of(bio), let bytes, length > 0 else { return 0 }
            channel.write(UnsafeRawBufferPointer(start: bytes, count: Int(length)))
            return length
        }
        BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
        return method
    }()
}
