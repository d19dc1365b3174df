import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOSSL
import NIOTLS

/// One connection from its first octet: TLS where the server has a certificate, then HTTP/2 or HTTP/1.1 as the client chooses (ALPN).
struct ConnectionChannel: ServerChildChannel {
    enum Negotiated: Sendable {
        case http1(UpgradableChannel.Value)
        case http2(HTTP2Channel.Value)
    }

    struct Value: ServerChildChannelValue {
        let negotiated: EventLoopFuture<Negotiated>
        let channel: any Channel
    }

    let http1: UpgradableChannel
    let http2: HTTP2Channel
    let identity: TLSIdentity?
    let settings: HTTPServerSettings

    init(http1: UpgradableChannel, identity: TLSIdentity?, settings: HTTPServerSettings) {
        self.http1 = http1
        self.identity = identity
        self.settings = settings
        http2 = HTTP2Channel(
            responder: http1.responder,
            configuration: HTTP2ChannelConfiguration(
                idleTimeout: settings.idleTimeout, gracefulCloseTimeout: settings.stopTimeout,
                streamConfiguration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: [RequestPaceHandler(timeout: settings.bodyTimeout)],
                    idleTimeout: TimeAmount(settings.idleTimeout))))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        do {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(StalledWriteHandler(timeout: TimeAmount(settings.writeTimeout)))
            guard let identity else {
                return http1.setup(channel: channel, logger: logger).map { value in
                    Value(negotiated: channel.eventLoop.makeSucceededFuture(.http1(value)), channel: channel)
                }
            }
            try pipeline.addHandler(NIOSSLServerHandler(context: identity.context))
            let negotiation = NIOTypedApplicationProtocolNegotiationHandler<Negotiated> { result in
                if case .negotiated("h2") = result {
                    return http2.setup(channel: channel, logger: logger).map { .http2($0) }
                }
                return http1.setup(channel: channel, logger: logger).map { .http1($0) }
            }
            try pipeline.addHandler(negotiation)
            // A client that does not end its handshake has no other deadline.
            let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(settings.headTimeout)) { channel.close(promise: nil) }
            let negotiated = negotiation.protocolNegotiationResult
            negotiated.whenComplete { _ in deadline.cancel() }
            return channel.eventLoop.makeSucceededFuture(Value(negotiated: negotiated, channel: channel))
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
    }

    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.negotiated.get() {
            case .http1(let value): await http1.handle(value: value, logger: logger)
            case .http2(let value): await http2.handle(value: value, logger: logger)
            }
        } catch {
            logger.debug("no HTTP with a client: \(error)")
        }
    }
}
