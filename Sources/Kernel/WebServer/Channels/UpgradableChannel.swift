import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket
import WebRouting

/// HTTP/1.1 on one connection, which its first request may turn into a WebSocket (RFC 6455).
struct UpgradableChannel: HTTPChannelHandler {
    typealias HTTP = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
    typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    enum Chosen: Sendable {
        case http(HTTP)
        case socket(Frames, UpgradeGate.Accepted, isCompressed: Bool)
    }

    struct Value: ServerChildChannelValue {
        let chosen: EventLoopFuture<Chosen>
        let channel: any Channel
    }

    let responder: Responder
    let service: WebService
    let settings: HTTPServerSettings
    let isSecure: Bool

    private static let longestFrame = 1 << 16
    private static let longestHead = 64 << 10

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let gate = UpgradeGate(isSecure: isSecure) { [service] in await service.openSocket($0) }
            let bound = NIOLoopBound(gate, eventLoop: channel.eventLoop)
            let upgrader = NIOTypedWebSocketServerUpgrader<Chosen>(
                maxFrameSize: Self.longestFrame,
                shouldUpgrade: { channel, head in
                    channel.eventLoop.makeSucceededFuture(bound.value.accepted == nil ? nil : Self.extensions(head))
                },
                upgradePipelineHandler: { channel, head in
                    channel.eventLoop.makeCompletedFuture {
                        guard let accepted = bound.value.accepted else { throw ChannelError.inappropriateOperationForState }
                        let frames = try Frames(wrappingChannelSynchronously: channel)
                        return .socket(frames, accepted, isCompressed: !Self.extensions(head).isEmpty)
                    }
                })
            var configuration = NIOUpgradableHTTPServerPipelineConfiguration<Chosen>(
                upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(
                    upgraders: [upgrader],
                    notUpgradingCompletionHandler: { channel in
                        channel.eventLoop.makeCompletedFuture { .http(try http(channel, logger)) }
                    }))
            // NIOAsyncChannel answers in order; errors and fields are checked by HTTPTypes and the service.
            configuration.enablePipelining = false
            configuration.enableErrorHandling = false
            configuration.enableResponseHeaderValidation = false
            configuration.decoderConfiguration.maxHeaderListSize = Self.longestHead
            let pipeline = channel.pipeline.syncOperations
            let chosen = try pipeline.configureUpgradableHTTPServerPipeline(configuration: configuration)
            try pipeline.addHandler(
                gate, position: .before(try pipeline.handler(type: NIOTypedHTTPServerUpgradeHandler<Chosen>.self)))
            let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(settings.headTimeout)) { channel.close(promise: nil) }
            chosen.whenComplete { _ in
                deadline.cancel()
                bound.value.isSettled = true
            }
            return Value(chosen: chosen, channel: channel)
        }
    }

    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.chosen.get() {
            case .http(let http): await handleHTTP(asyncChannel: http, logger: logger)
            case .socket(let frames, let accepted, let isCompressed):
                try await serve(frames, accepted, isCompressed: isCompressed)
            }
        } catch {
            logger.debug("a connection ended: \(error)")
        }
    }

    private func http(_ channel: any Channel, _ logger: Logger) throws -> HTTP {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: isSecure))
        try pipeline.addHandler(RequestPaceHandler(timeout: settings.bodyTimeout))
        try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: settings.idleTimeout, logger: logger))
        return try HTTP(wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }

    /// What the answer of an upgrade says about extensions (RFC 6455 §9.1).
    private static func extensions(_ head: HTTPRequestHead) -> HTTPHeaders {
        let name = "Sec-WebSocket-Extensions"
        return DeflateOffer.answer(to: head.headers[name]).map { [name: $0] } ?? [:]
    }

    private func serve(_ frames: Frames, _ accepted: UpgradeGate.Accepted, isCompressed: Bool) async throws {
        try await frames.executeThenClose { inbound, outbound in
            let socket = OpenWebSocket(outbound: outbound, isCompressed: isCompressed, pingInterval: settings.pingInterval)
            await socket.run(inbound) { try await accepted.route.serve($0, accepted.request) }
        }
    }
}
