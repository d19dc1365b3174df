import NIOCore
import TLSEngine

/// A connected UDP socket with one DTLS association.
final class DatagramChannelHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let settings: StreamCarrier.Settings
    private let peer: SocketEndpoint
    private let session: TLSSession
    private let end: any LinkEnd & Sweepable
    private let sweeper: LinkSweeper
    private var carrier: DTLSCarrier?

    init(
        _ settings: StreamCarrier.Settings, peer: SocketEndpoint, session: TLSSession, end: any LinkEnd & Sweepable, sweeper: LinkSweeper
    ) {
        self.settings = settings
        self.peer = peer
        self.session = session
        self.end = end
        self.sweeper = sweeper
    }

    func channelActive(context: ChannelHandlerContext) {
        guard let address = try? peer.socketAddress() else { return context.close(promise: nil) }
        let channel = context.channel
        let carrier = DTLSCarrier(
            settings, eventLoop: context.eventLoop, source: peer, destination: peer, session: session, end: end, sweeper: sweeper,
            transmit: { octets in
                let data = channel.allocator.buffer(bytes: octets)
                channel.writeAndFlush(AddressedEnvelope(remoteAddress: address, data: data), promise: nil)
            }, onEnd: { _ in channel.close(promise: nil) })
        self.carrier = carrier
        carrier.begin()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data).data
        carrier?.received(buffer.readBytes(length: buffer.readableBytes) ?? [])
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // ICMP's port unreachable shows itself here; the handshake or the watchdog notices soon enough, and it can be forged.
    }

    func channelInactive(context: ChannelHandlerContext) { carrier?.close(.networkError) }
}
