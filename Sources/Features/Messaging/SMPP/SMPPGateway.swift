public import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Sends text messages to a short message service center by SMPP 3.4, over one connection as transceiver that is kept up while the
/// program runs.
public final class SMPPGateway: MessageGateway {
    public let name: String
    public let channel = MessageChannel.sms
    public let timeoutSeconds: Double
    public let prices: MessagePrices
    private let settings: SMPPSettings
    private let terms: SMSGatewayTerms
    private let logger: Logger
    /// The bound connection.
    private let link = NIOLockedValueBox<Link?>(nil)

    private struct Link: Sendable {
        let channel: any Channel
        let connection: NIOLoopBound<SMPPConnection>
    }

    /// - Parameter terms: account and secret are the system id and its password.
    public init(_ settings: SMPPSettings, _ terms: SMSGatewayTerms, logger: Logger) {
        self.settings = settings
        self.terms = terms
        self.logger = logger
        name = terms.name
        prices = terms.prices
        // Each part of a message may take its time.
        timeoutSeconds = terms.timeoutSeconds * 4
    }

    /// Whether the center has accepted the bind.
    var isBound: Bool { link.withLockedValue { $0 != nil } }

    public func run(onReceipt: @escaping @Sendable (DeliveryReceipt) async -> Bool) async {
        var isFailing = false
        while !Task.isCancelled {
            do {
                let channel = try await connect(onReceipt)
                logger.info("bound to the message center", metadata: ["gateway": "\(name)"])
                isFailing = false
                await withTaskCancellationHandler {
                    try? await channel.closeFuture.get()
                } onCancel: {
                    unbind(channel)
                }
                link.withLockedValue { $0 = nil }
            } catch {
                if !isFailing {
                    logger.warning("the message center cannot be bound to", metadata: ["gateway": "\(name)", "error": "\(error)"])
                }
                isFailing = true
            }
            try? await Task.sleep(for: .seconds(settings.reconnectSeconds))
        }
    }

    private func connect(_ onReceipt: @escaping @Sendable (DeliveryReceipt) async -> Bool) async throws -> any Channel {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let bound = loop.makePromise(of: Void.self)
        let bind = SMPPBind(systemID: terms.account, password: terms.secret, systemType: settings.systemType)
        let timeout = TimeAmount.milliseconds(Int64(terms.timeoutSeconds * 1000))
        let interval = TimeAmount.milliseconds(Int64(settings.enquireLinkSeconds * 1000))
        let made = NIOLockedValueBox<NIOLoopBound<SMPPConnection>?>(nil)
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: loop).connectTimeout(timeout)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let connection = SMPPConnection(
                            bind, timeout: timeout, enquireInterval: interval, bound: bound, onReceipt: onReceipt)
                        made.withLockedValue { $0 = NIOLoopBound(connection, eventLoop: channel.eventLoop) }
                        try channel.pipeline.syncOperations.addHandlers(ByteToMessageHandler(SMPPFrameDecoder()), connection)
                    }
                }.connect(host: settings.host, port: settings.port).get()
        } catch {
            bound.fail(error)
            throw error
        }
        try await bound.futureResult.get()
        link.withLockedValue { link in
            link = made.withLockedValue { $0 }.map { Link(channel: channel, connection: $0) }
        }
        return channel
    }

    /// Says goodbye; the center answers and the connection ends, or it ends anyhow.
    private func unbind(_ channel: any Channel) {
        guard let link = link.withLockedValue({ $0 }) else { return channel.close(promise: nil) }
        let promise = channel.eventLoop.makePromise(of: SMPPPDU.self)
        promise.futureResult.whenComplete { _ in channel.close(promise: nil) }
        channel.eventLoop.execute { link.connection.value.request(SMPPPDU.Command.unbind, [], promise) }
    }

    public func send(_ message: LeasedMessage) async -> GatewayResult {
        guard let link = link.withLockedValue({ $0 }) else { return .failed(code: "not bound", retryAfterSeconds: nil) }
        var ids: [String] = []
        for part in parts(of: message) {
            let answer: SMPPPDU
            do {
                answer = try await submit(part, link)
            } catch {
                return .failed(code: "\(error)", retryAfterSeconds: nil)
            }
            guard answer.status == SMPPPDU.Status.ok else { return Self.refusal(answer.status) }
            var reader = SMPPReader(answer.body)
            if let id = reader.text(limit: 65), !id.isEmpty { ids.append(id) }
        }
        return .sent(providerIDs: ids, isDelivered: false)
    }

    func parts(of message: LeasedMessage) -> [SMPPMessage] {
        let text = SMSText(message.text)
        // The same for each attempt, another for most other messages.
        let reference = message.id.utf8.reduce(UInt8(0)) { $0 &* 31 &+ $1 }
        return text.partsWithHeaders(reference: reference).map { octets in
            var part = SMPPMessage(
                source: SMPPAddress(message.sender ?? terms.sender), destination: SMPPAddress(message.recipient), text: octets)
            part.esmClass = text.parts.count > 1 ? 0x40 : 0
            part.dataCoding = text.encoding == .ucs2 ? 8 : 0
            part.registeredDelivery = 1
            return part
        }
    }

    private func submit(_ part: SMPPMessage, _ link: Link) async throws -> SMPPPDU {
        let promise = link.channel.eventLoop.makePromise(of: SMPPPDU.self)
        link.channel.eventLoop.execute { link.connection.value.request(SMPPPDU.Command.submit, part.octets, promise) }
        return try await promise.futureResult.get()
    }

    /// Statuses (§5.1.3) about the message itself: its length, addresses and parameters. All others are about the moment or the account.
    private static let permanent: Set<UInt32> = [
        0x01, 0x02, 0x0a, 0x0b, 0x33, 0x34, 0x40, 0x42, 0x43, 0x48, 0x49, 0x50, 0x51, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4,
    ]

    static func refusal(_ status: UInt32) -> GatewayResult {
        let code = "smpp 0x" + String(status, radix: 16)
        return permanent.contains(status) ? .refused(code: code) : .failed(code: code, retryAfterSeconds: nil)
    }
}
