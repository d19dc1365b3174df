import CUDP

/// The receive and transmit buffers of one packet thread.
final class DatagramBatch {
    /// One datagram, readable until the next receive.
    struct Datagram {
        var bytes: UnsafeRawBufferPointer
        var source: SocketEndpoint
        /// The address it was sent to; nil where the kernel does not say.
        var destination: IPAddress?
        var scope: UInt32
        /// Kernel receive time in nanoseconds since 1970 UTC, 0 if unknown.
        var time: Int64
    }

    /// A RADIUS packet on UDP has at most 4096 octets (RFC 2865 §3).
    static let packetBytes = 4096
    private let slotBytes: Int
    private let batch: UnsafeMutablePointer<cudp_batch>

    /// - Parameter slotBytes: longer datagrams are dropped.
    init(capacity: Int, slotBytes: Int = packetBytes) {
        self.slotBytes = slotBytes
        guard let batch = cudp_batch_create(UInt32(min(max(capacity, 1), 1024)), UInt32(slotBytes)) else {
            // Once for each thread at the start, of a size that the configuration bounds; no packet leads here.
            preconditionFailure("no memory for datagrams")
        }
        self.batch = batch
    }

    deinit { cudp_batch_destroy(batch) }

    /// Reads what the socket holds.
    /// - Returns: number of datagrams, or the negative system error.
    func receive(from socket: UDPSocket, wait: Bool) -> Int { Int(cudp_receive(socket.descriptor, batch, wait)) }

    /// The datagram in a slot filled by the last receive; nil where a waiting thread was only woken.
    subscript(slot: Int) -> Datagram? {
        guard let source = SocketEndpoint(batch.pointee.rx_source[slot]) else { return nil }
        let destination = batch.pointee.rx_destination[slot]
        return Datagram(
            bytes: UnsafeRawBufferPointer(
                start: batch.pointee.rx_data + slot * slotBytes, count: Int(batch.pointee.rx_length[slot])),
            source: source, destination: SocketEndpoint(destination)?.address, scope: destination.scope,
            time: batch.pointee.rx_time[slot])
    }

    /// Copies a reply for the next flush. There is room for one to each datagram received.
    func queue(_ bytes: [UInt8], to peer: SocketEndpoint, from source: SocketEndpoint) {
        var to = peer.native
        var from = source.native
        bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return }
            _ = cudp_queue(batch, start, UInt32(buffer.count), &to, &from)
        }
    }

    /// Sends what is queued.
    /// - Returns: how many the kernel refused.
    func flush(to socket: UDPSocket) -> UInt64 { UInt64(cudp_flush(socket.descriptor, batch)) }
}
