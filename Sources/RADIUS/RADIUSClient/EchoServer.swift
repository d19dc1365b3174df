import CUDP
import Digests
import NIOConcurrencyHelpers
public import RADIUSWire

/// Answers every Access-Request with Access-Accept and every Accounting-Request with Accounting-Response, without looking at what they say:
/// the cost of sockets and the Response Authenticator alone, as the limit of any server on this machine.
///
/// No request is authenticated. For measurements only.
public final class EchoServer: Sendable {
    private let socket: DatagramSocket
    private let secret: SharedSecret
    private let isStopped = NIOLockedValueBox(false)

    /// Binds the socket.
    /// - Parameter address: port 0 lets the system choose, see ``port``.
    /// - Throws: ``ClientError`` when the address does not resolve or cannot be bound.
    public init(address: ServerAddress, secret: SharedSecret) throws(ClientError) {
        socket = try DatagramSocket(boundTo: address.resolve(), receiveBuffer: 8 << 20, waitMilliseconds: 100)
        self.secret = secret
    }

    /// The bound port.
    public var port: UInt16 { socket.localPort }

    /// Answers until ``stop()``. Blocks the calling thread; several threads may run at once.
    public func run() {
        let slotSize = 4096
        guard let batch = cudp_batch_create(64, UInt32(slotSize)) else { return }
        defer { cudp_batch_destroy(batch) }
        secret.bytes.withUnsafeBytes { secret in
            while !isStopped.withLockedValue({ $0 }) {
                let count = cudp_receive(socket.descriptor, batch, true)
                for slot in 0..<Int(max(0, count)) where batch.pointee.rx_length[slot] >= 20 {
                    let packet = UnsafeMutableRawBufferPointer(start: batch.pointee.rx_data + slot * slotSize, count: 20)
                    guard let code = Self.replyCode(packet[0]), let octets = packet.baseAddress else { continue }
                    // The request's header becomes the reply's in place: code, identifier, length 20, authenticator.
                    packet[0] = code
                    packet[2] = 0
                    packet[3] = 20
                    let request = MD5Digest(loading: UnsafeRawBufferPointer(packet), at: 4)
                    responseAuthenticator(UnsafeRawBufferPointer(packet), request: request, secret: secret).store(to: packet, at: 4)
                    _ = cudp_queue(batch, octets, 20, batch.pointee.rx_source + slot, nil)
                }
                if batch.pointee.queued > 0 { _ = cudp_flush(socket.descriptor, batch) }
            }
        }
    }

    /// Ends ``run()`` within 100 ms.
    public func stop() {
        isStopped.withLockedValue { $0 = true }
        cudp_interrupt(socket.descriptor)
    }

    private static func replyCode(_ code: UInt8) -> UInt8? {
        switch PacketCode(rawValue: code) {
        case .accessRequest, .statusServer: PacketCode.accessAccept.rawValue
        case .accountingRequest: PacketCode.accountingResponse.rawValue
        default: nil
        }
    }
}
