import CUDP
import NIOConcurrencyHelpers

/// A bound UDP socket that several threads read and write.
final class UDPSocket: Sendable {
    /// Valid until ``close()``; packet threads, which are joined before that, use it without a lock.
    let descriptor: Int32
    /// The bound address, with the port that was given out for port 0.
    let local: SocketEndpoint
    private let isOpen = NIOLockedValueBox(true)

    /// Bounds how long a thread misses the end of its listener where interrupting the socket does not wake it.
    static let waitMilliseconds: UInt32 = 500

    init(boundTo endpoint: SocketEndpoint, receiveBufferBytes: Int) throws(ListenerError) {
        var native = endpoint.native
        let result = cudp_open(&native, UInt32(clamping: receiveBufferBytes), Self.waitMilliseconds)
        guard result >= 0 else { throw ListenerError(endpoint: endpoint, errno: -result) }
        descriptor = result
        local = SocketEndpoint(cudp_local(result)) ?? endpoint
    }

    /// At the address of another socket, from which the kernel then keeps back the packets that go on with what was begun (those with a
    /// State) and Status-Server, for this one.
    /// - Throws: where the kernel cannot sort packets; `first` stays as it was.
    init(urgentBeside first: UDPSocket, receiveBufferBytes: Int) throws(ListenerError) {
        let result = cudp_open_urgent(first.descriptor, UInt32(clamping: receiveBufferBytes), Self.waitMilliseconds)
        guard result >= 0 else { throw ListenerError(endpoint: first.local, errno: -result) }
        descriptor = result
        local = first.local
    }

    deinit { close() }

    /// Octets of receive buffer granted.
    var receiveBufferBytes: Int { Int(cudp_receive_buffer(descriptor)) / 2 }

    /// Sends one datagram, from any thread, without waiting. False where the kernel refuses or the socket is closed.
    func send(_ bytes: [UInt8], to peer: SocketEndpoint, from source: SocketEndpoint) -> Bool {
        var to = peer.native
        var from = source.native
        return isOpen.withLockedValue { isOpen in
            isOpen
                && bytes.withUnsafeBytes { buffer in
                    buffer.baseAddress.map { cudp_send(descriptor, $0, UInt32(buffer.count), &to, &from) } == 0
                }
        }
    }

    /// Fixes the peer: datagrams of others are not received, and ``send(_:)`` needs no address.
    func connect(to peer: SocketEndpoint) throws(ListenerError) {
        var native = peer.native
        let result = cudp_connect(descriptor, &native)
        guard result == 0 else { throw ListenerError(endpoint: peer, errno: -result) }
    }

    /// Sends one datagram to the connected peer without waiting. False where the kernel refuses it.
    func send(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return false }
            // The first call may only hand over what an earlier datagram met, such as a closed port.
            return cudp_send(descriptor, start, UInt32(buffer.count), nil, nil) == 0
                || cudp_send(descriptor, start, UInt32(buffer.count), nil, nil) == 0
        }
    }

    /// Wakes the threads that wait for datagrams.
    func interrupt() { cudp_interrupt(descriptor) }

    func close() {
        isOpen.withLockedValue { isOpen in
            if isOpen { cudp_close(descriptor) }
            isOpen = false
        }
    }
}
