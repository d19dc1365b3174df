import CUDP
import NIOConcurrencyHelpers
import RADIUSWire
import Testing

@testable import RADIUSTransport

/// A NAS on loopback that answers each datagram as a script says.
final class ScriptedNAS: Sendable {
    /// Given the number of the datagram, from 1, and the packet: the octets to send back.
    typealias Script = @Sendable (_ number: Int, _ request: Packet) throws -> [[UInt8]]

    let received = NIOLockedValueBox<[[UInt8]]>([])
    let endpoint: SocketEndpoint
    private let descriptor: Int32
    private let isStopped = NIOLockedValueBox(false)
    private let thread = NIOLockedValueBox<NamedThread?>(nil)

    init(_ script: @escaping Script) throws {
        var local = try #require(SocketEndpoint("127.0.0.1:0")).native
        let descriptor = cudp_open(&local, 0, 50)
        try #require(descriptor >= 0)
        self.descriptor = descriptor
        endpoint = try #require(SocketEndpoint(cudp_local(descriptor)))
        thread.withLockedValue { [received, isStopped] in
            $0 = NamedThread("nas") {
                guard let batch = cudp_batch_create(1, 4096) else { return }
                defer { cudp_batch_destroy(batch) }
                while !isStopped.withLockedValue({ $0 }) {
                    guard cudp_receive(descriptor, batch, true) == 1 else { continue }
                    let bytes = Array(UnsafeRawBufferPointer(start: batch.pointee.rx_data, count: Int(batch.pointee.rx_length[0])))
                    let number = received.withLockedValue { received in
                        received.append(bytes)
                        return received.count
                    }
                    guard let request = try? Packet(validating: bytes), let answers = try? script(number, request) else { continue }
                    for answer in answers {
                        var source = batch.pointee.rx_source[0]
                        answer.withUnsafeBytes { buffer in
                            if let base = buffer.baseAddress { _ = cudp_send(descriptor, base, UInt32(buffer.count), &source, nil) }
                        }
                    }
                }
            }
        }
    }

    func stop() {
        isStopped.withLockedValue { $0 = true }
        cudp_interrupt(descriptor)
        thread.withLockedValue { $0 }?.join()
        cudp_close(descriptor)
    }

    /// A signed answer.
    static func answer(
        _ code: PacketCode, to request: Packet, cause: UInt32? = nil, secret: SharedSecret = testSecret
    ) throws -> [UInt8] {
        let attributes = cause.map { [101, 6] + withUnsafeBytes(of: $0.bigEndian, Array.init) } ?? []
        return try Packet.reply(code, to: request, attributes: attributes, secret: secret, messageAuthenticator: true)
    }
}
