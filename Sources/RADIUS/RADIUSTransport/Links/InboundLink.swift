import Logging
import NIOCore
import RADIUSWire
import TLSEngine

/// One link of a NAS to us: finds the client, admits its packets, hands requests to the workers and sends their replies; in the reverse
/// direction it carries requests of ours.
///
/// `@unchecked Sendable`: `name` and `service` are constant, everything else is touched on `eventLoop` only.
final class InboundLink: LinkEnd, Sweepable, @unchecked Sendable {
    /// A request that has no reply yet.
    struct Outstanding {
        var serial: UInt64
        var authenticator: Authenticator
        var receivedAt: UInt64
        /// The reply is there and waits for its delay.
        var isDelayed = false
    }

    /// A reply on DTLS, for retransmissions of its request (RFC 5080 §2.2.2).
    private struct Answered {
        var authenticator: Authenticator
        var octets: [UInt8]
        var at: UInt64
    }

    let service: LinkService
    let eventLoop: any EventLoop
    let name: String
    /// Where the connection came from, which may be a load balancer.
    private let origin: SocketEndpoint
    private(set) var carrier: (any LinkCarrier)?
    private(set) var client: NASClient?
    private(set) var dialect: LinkDialect
    private(set) var peer = LinkPeer()
    var outstanding: [UInt64: Outstanding] = [:]
    var delayedCount = 0
    var exchanges: ExchangeTable?
    /// Addresses that the peer is known to be the NAS of.
    private var announced: Set<IPAddress> = []
    /// On DTLS: the secret that a packet has proved.
    private var settledSecret: SharedSecret?
    /// By code and Identifier, of which there are few.
    private var answered: [UInt64: Answered] = [:]
    private var serial: UInt64 = 0
    private var openedAt: UInt64 = 0
    private var lastReceived: UInt64 = 0
    private var lastSeenClient: UInt64 = 0
    private var isHandshaking = true
    private var isOpen = false
    private var isStopping = false
    /// The peer sends Response-Length, which only those do that know Protocol-Error (RFC 7930).
    private var knowsProtocolError = false

    init(_ service: LinkService, eventLoop: any EventLoop, source: SocketEndpoint) {
        self.service = service
        self.eventLoop = eventLoop
        origin = source
        name = "\(service.configuration.transport.rawValue) from \(source)"
        dialect = LinkDialect(transport: service.configuration.transport, radius11: nil)
    }

    private var transport: NASTransport { service.configuration.transport }

    // MARK: LinkEnd

    func opened(_ carrier: any LinkCarrier, peer: LinkPeer) {
        self.carrier = carrier
        self.peer = peer
        handshakeEnded()
        guard speak(peer) else { return carrier.close(.handshakeFailed) }
        guard let client = findClient(carrier) else {
            service.directory.unknownSource(carrier.source.address)
            return carrier.close(.unknownClient)
        }
        guard service.open(self, for: client) else { return carrier.close(.tooManyLinks) }
        self.client = client
        isOpen = true
        openedAt = service.clock.monotonic()
        lastReceived = openedAt
        lastSeenClient = openedAt
        exchanges = ExchangeTable(dialect, secret: dialect.client(client).secret)
        service.registry.insert(self, for: client.key)
        announce(carrier.source.address)
        service.counters.update(transport) { counts in
            counts.opened += 1
            counts.current += 1
            if dialect.radius11 != nil { counts.opened11 += 1 }
        }
        service.logger.debug(
            "link opened",
            metadata: [
                "transport": "\(transport.rawValue)", "source": "\(carrier.source)", "nas": "\(client.name)",
                "version": dialect.radius11 == nil ? "1.0" : "1.1",
            ])
    }

    func closed(_ closure: LinkClosure, detail: String) {
        handshakeEnded()
        let source = carrier?.source
        if let client {
            service.close(self, for: client.key)
            service.registry.remove(self, for: client.key, addresses: announced)
            announced = []
        }
        service.ended(
            closure, detail: detail, source: source ?? origin, client: client, wasOpen: isOpen)
        isOpen = false
        carrier = nil
        outstanding = [:]
        let waiting = exchanges?.removeAll() ?? []
        exchanges = nil
        for pending in waiting { pending.finish(.failure(.linkDown(closure.rawValue))) }
    }

    func received(_ octets: [UInt8]) {
        guard isOpen, let carrier else { return }
        lastReceived = service.clock.monotonic()
        let code = PacketCode(rawValue: octets[0])
        switch code {
        case .coaACK, .coaNAK, .disconnectACK, .disconnectNAK, .protocolError: matched(octets)
        default: request(octets, code, carrier)
        }
    }

    // MARK: Sweeping

    /// Ends what has lasted too long.
    func sweep(_ now: UInt64) {
        guard isOpen, let carrier, let client else { return }
        expire(now)
        if let idle = client.linkLimits.idleTimeout, now &- lastReceived > idle.nanoseconds { return carrier.close(.idle) }
        if let lifetime = client.linkLimits.lifetime, now &- openedAt > lifetime.nanoseconds, outstanding.isEmpty {
            return carrier.close(.lifetime)
        }
        guard now &- lastSeenClient > Self.clientCheckInterval else { return }
        lastSeenClient = now
        guard let current = findClient(carrier), current.key == client.key else { return carrier.close(.unknownClient) }
        self.client = current
    }

    /// A client that is removed loses its links within this time.
    private static let clientCheckInterval = Duration.seconds(5).nanoseconds

    private func expire(_ now: UInt64) {
        let limit = service.configuration.maximumRequestTime.nanoseconds
        for (key, request) in outstanding where !request.isDelayed && now &- request.receivedAt > limit {
            outstanding[key] = nil
            service.block(for: PacketCode(rawValue: UInt8(truncatingIfNeeded: key))).update { $0.drop(.deadlineExceeded) }
        }
        if !answered.isEmpty { answered = answered.filter { now &- $0.value.at < Self.replyLifetime } }
        regulate()
    }

    private static let replyLifetime = Duration.seconds(5).nanoseconds

    // MARK: Requests

    /// Reads on, or lets the peer wait while too many of its requests are under way.
    func regulate() {
        carrier?.isReading = !isStopping && outstanding.count - delayedCount < service.configuration.maximumRequestsPerLink
    }

    /// Requests under way are finished, no new ones are taken.
    func stopReading() {
        isStopping = true
        regulate()
    }

    private func request(_ octets: [UInt8], _ code: PacketCode, _ carrier: any LinkCarrier) {
        let block = service.block(for: code)
        block.update { $0.received += 1 }
        let translated: (packet: [UInt8], key: UInt64)
        do throws(WireError) {
            translated = try dialect.request(octets)
        } catch {
            return refuse(.malformed, nil, code)
        }
        let epoch = service.clock.epoch()
        let verdict = translated.packet.withUnsafeBytes {
            service.admission.verdict($0, from: carrier.source, epoch: epoch / 1_000_000_000, candidates: candidates(carrier))
        }
        switch verdict {
        case .drop(let reason, let client):
            refuse(reason, client, code)
        case .status(let packet, let client):
            settle(packet, client)
            answerStatus(packet, client, translated.key)
        case .request(let packet, let client, let blast):
            settle(packet, client)
            learn(blast, client, carrier)
            enter(packet, client, blast.warning, key: translated.key, epoch: epoch)
        }
    }

    /// Who may send on this link: the one whom the handshake proved, or on TCP whom the address stands for.
    private func candidates(_ carrier: any LinkCarrier) -> [NASClient] {
        guard transport.isProtected else { return service.directory.table.clients(for: carrier.source.address, over: transport) }
        guard let client else { return [] }
        guard transport == .dtls, settledSecret == nil else { return [dialect.client(client, secret: settledSecret)] }
        // Many implementations use TLS's secret on DTLS too; the first packet that is proved by one of them tells.
        return [dialect.client(client), dialect.client(client, secret: NASTransport.tls.prescribedSecret)]
    }

    /// Keeps to the secret that a packet proves.
    private func settle(_ packet: Packet, _ client: NASClient) {
        guard transport == .dtls, settledSecret == nil, packet.code != .accessRequest || packet.hasMessageAuthenticator else { return }
        settledSecret = client.secret
        if exchanges?.count == 0 { exchanges = ExchangeTable(dialect, secret: client.secret) }
    }

    private func enter(_ packet: Packet, _ client: NASClient, _ warning: BlastWarning?, key: UInt64, epoch: Int64) {
        let block = service.block(for: packet.code)
        let isProtected = transport.isProtected
        if let same = outstanding[key], same.authenticator == packet.authenticator || dialect.radius11 != nil {
            return refuse(.duplicateInProgress, client, packet.code)
        }
        if let same = answered[key], same.authenticator == packet.authenticator {
            block.update {
                $0.duplicatesResent += 1
                $0.request(packet, of: client, epoch: epoch / 1_000_000_000, isProtected: isProtected)
                $0.sources.update(client) { $0.duplicates += 1 }
            }
            carrier?.send(same.octets)
            return
        }
        guard let role = ListenerRole(serving: packet.code), let carrier else { return }
        answered[key] = nil
        if role == .accounting { announceNAS(of: packet) }
        serial += 1
        let now = service.clock.monotonic()
        outstanding[key] = Outstanding(serial: serial, authenticator: packet.authenticator, receivedAt: now)
        block.update {
            $0.requests += 1
            $0.request(packet, of: client, epoch: epoch / 1_000_000_000, isProtected: isProtected)
        }
        let limit = replyLimit(packet)
        let answer = LinkAnswer(
            link: self, packet: packet, client: client, dialect: dialect, key: key, serial: serial, receivedAt: now,
            maximumLength: limit ?? 4096, knowsProtocolError: knowsProtocolError)
        service.workers.submit(
            ReceivedRequest(
                packet: packet, client: client, source: carrier.source, destination: carrier.destination, receivedAt: now,
                receivedEpoch: Double(epoch) / 1e9, hadMessageAuthenticator: packet.hasMessageAuthenticator, blastWarning: warning,
                maximumReplyLength: limit == nil ? 4096 : 65_535, responder: ReplyHandle { answer.settle($0) }), role: role)
        regulate()
    }

    /// Octets of the longest reply that a request allows (RFC 7930 §3); nil where it does not say, and on datagrams.
    private func replyLimit(_ packet: Packet) -> Int? {
        guard transport != .dtls, let length = packet.responseLength else { return nil }
        knowsProtocolError = true
        return min(max(length, 4096), 65_535)
    }

    /// Remembers where the sessions of an Accounting-Request are, so that requests of ours about them find this link.
    private func announceNAS(of packet: Packet) {
        if let number = packet.integer(nasIPAddress) { announce(IPAddress(ipv4: number)) }
        if let octets = packet.value(nasIPv6Address), let address = IPAddress(bytes: octets) { announce(address) }
    }

    private func announce(_ address: IPAddress) {
        guard let client, announced.count < Self.announcedLimit, announced.insert(address).inserted else { return }
        service.registry.announce(address, of: self, client: client)
    }

    /// A proxy has many NAS behind it, which it answers for.
    private static let announcedLimit = 4096

    /// Keeps a reply where the peer may repeat its request.
    func remember(_ octets: [UInt8], to request: Packet, key: UInt64) {
        guard transport == .dtls else { return }
        answered[key] = Answered(authenticator: request.authenticator, octets: octets, at: service.clock.monotonic())
    }

    /// RFC 5997 §4.2, without any processing.
    private func answerStatus(_ packet: Packet, _ client: NASClient, _ key: UInt64) {
        let code: PacketCode = service.configuration.roles.contains(.authentication) ? .accessAccept : .accountingResponse
        let block = service.block(for: packet.code)
        block.update { $0.statusRequests += 1 }
        var attributes = carrier.map { service.statistics.attributes(for: packet, from: $0.source.address) } ?? []
        if replyLimit(packet) != nil { attributes += Packet.responseLength(service.configuration.maximumLength) }
        do throws(WireError) {
            let reply = try Packet.reply(code, to: packet, attributes: attributes, secret: client.secret, messageAuthenticator: true)
            block.update { $0.reply(code) }
            carrier?.send(try dialect.reply(reply, to: packet, key: key))
        } catch {
            refuse(.unencodableReply, client, packet.code)
        }
    }

    private func learn(_ blast: BlastRADIUSCheck.Verdict, _ client: NASClient, _ carrier: any LinkCarrier) {
        guard blast.learnedRequirement != nil || blast.learnedLimit != nil else { return }
        service.directory.learned(client, requireMessageAuthenticator: blast.learnedRequirement, limitProxyState: blast.learnedLimit)
        if let warning = blast.warning {
            service.log.insecure(warning, client: client, source: carrier.source.address, now: service.clock.monotonic())
        }
    }

    /// Counts a packet that is not worked on, and closes the link where RFC 6613 §2.6.4 demands it.
    private func refuse(_ reason: DropReason, _ client: NASClient?, _ code: PacketCode) {
        guard let carrier else { return service.block(for: code).update { $0.drop(reason) } }
        let epoch = service.clock.epoch() / 1_000_000_000
        service.block(for: code).update { $0.refuse(reason, of: client ?? self.client, from: carrier.source.address, epoch: epoch) }
        service.log.drop(reason, from: carrier.source.address, client: client ?? self.client, now: service.clock.monotonic())
        switch reason {
        case .malformed: carrier.close(.malformed)
        case .badMessageAuthenticator, .badRequestAuthenticator: carrier.close(.notAuthentic)
        case .invalidClient: carrier.close(.unknownClient)
        default: break
        }
    }

    // MARK: The peer

    /// Takes up what ALPN agreed on.
    /// - Returns: false where it suits the configuration not.
    private func speak(_ peer: LinkPeer) -> Bool {
        guard transport.isProtected else { return true }
        let versions = service.configuration.versions
        guard peer.applicationProtocol == "radius/1.1" else { return versions != .v1_1 }
        // RFC 9765 §3.3: nothing below TLS 1.3, whose DTLS is not there yet in the TLS library.
        guard versions != .v1_0, peer.tlsVersion == .v1_3 else { return false }
        dialect = LinkDialect(transport: transport, radius11: RADIUS11(dictionary: service.dictionary))
        return true
    }

    private func findClient(_ carrier: any LinkCarrier) -> NASClient? {
        let table = service.directory.table
        let address = carrier.source.address
        if let certificate = peer.certificate { return table.client(showing: certificate, from: address, over: transport) }
        if let identity = peer.preSharedKeyIdentity { return table.client(identity: identity, from: address, over: transport) }
        // Without proof of the peer TLS is no reason to trust its packets.
        return transport.isProtected ? nil : table.clients(for: address, over: transport).first
    }

    private func handshakeEnded() {
        if isHandshaking { service.handshakeEnded() }
        isHandshaking = false
    }

    /// Closes the link where its peer's certificate is no longer good.
    func verifyAgain(_ context: TLSContext) {
        if isOpen, !peer.chain.isEmpty, !context.accepts(peer.chain) { carrier?.close(.certificateRefused) }
    }
}

/// Attribute numbers of RFC 2865 §5.4 and RFC 3162 §2.1.
private let nasIPAddress: UInt8 = 4
private let nasIPv6Address: UInt8 = 95
