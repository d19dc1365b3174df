import Digests
public import RADIUSPipeline
import RADIUSTransport
import RADIUSWire

/// Puts accounting into the durable queue to its home servers, before the NAS is answered. Stands behind what stores it here.
public struct QueueAccounting: BatchStage {
    public let name = "Queue accounting"
    private let router: ProxyRouter

    public init(_ router: ProxyRouter) {
        self.router = router
    }

    public func run(_ contexts: inout [RequestContext], pending: [Int], stores: WorkerStores) {
        if router.settings.accountingCopies.isEmpty && router.snapshot.realms.isEmpty { return }
        var entries: [RelayEntry] = []
        var indices: [Int] = []
        for index in pending where !contexts[index].isRehearsal {
            do throws(WireError) {
                let own = try entriesFor(contexts[index])
                entries += own
                indices += repeatElement(index, count: own.count)
            } catch {
                contexts[index].note("cannot be queued: \(error)")
                contexts[index].decide(.invalid)
            }
        }
        guard !entries.isEmpty else { return }
        do throws(StoreError) {
            guard let queue = stores.relay else { throw .failed("there is no queue for accounting to home servers") }
            try queue.enqueue(entries)
            for (entry, index) in zip(entries, indices) { contexts[index].note("queued for \(entry.destination)") }
        } catch {
            for index in indices { contexts[index].decide(.fail(error)) }
        }
    }

    private func entriesFor(_ context: RequestContext) throws(WireError) -> [RelayEntry] {
        let match = router.match(context)
        var destinations: [(pool: String, match: RealmMatch?)] = []
        if let match, match.realm.accounting == .store, let pool = match.realm.accountingPool { destinations.append((pool, match)) }
        for copy in router.settings.accountingCopies where !destinations.contains(where: { $0.pool == copy }) {
            destinations.append((copy, nil))
        }
        guard !destinations.isEmpty, !ProxyStep.isLoop(context.packet, router) else { return [] }
        var entries: [RelayEntry] = []
        for destination in destinations {
            let filter = destination.match.flatMap { router.snapshot.filters[$0.realm.name]?.request } ?? AttributeFilter()
            var changes = ForwardedRequest.Changes(
                context, match: destination.match, filter: filter, proxyState: [], returns: router.returns)
            changes.keepsProxyState = false
            let request = ForwardedRequest(
                context.packet, secret: context.client.secret, changes: changes, dictionary: router.dictionary)
            entries.append(
                RelayEntry(
                    destination: destination.pool, session: context.sessionKey,
                    attributes: try request.attributes(vector: .zero, secret: SharedSecret([]), delaySeconds: 0),
                    receivedEpoch: Int64(max(0, min(context.receivedEpoch, 1e12)))))
        }
        return entries
    }
}

extension RequestContext {
    /// Equal for the packets of one session: NAS and Acct-Session-Id.
    fileprivate var sessionKey: String {
        var octets = source.address.bytes
        for type in [
            ForwardedAttribute.nasIPAddress, ForwardedAttribute.nasIPv6Address, ForwardedAttribute.nasIdentifier,
            ForwardedAttribute.acctSessionID,
        ] {
            octets.append(type)
            octets += packet.value(type) ?? []
        }
        return Hexadecimal.encode(MD5.hash(octets).bytes)
    }
}

extension ProxyRouter {
    /// Sends a queued Accounting-Request to its pool.
    /// - Parameters:
    ///   - epoch: now, seconds since 1970 UTC.
    ///   - completion: told once whether a home server has it; on a thread that must not be blocked.
    public func relay(_ entry: RelayEntry, epoch: Int64, completion: @escaping @Sendable (Bool) -> Void) {
        guard let pool = pool(entry.destination, .accounting),
            let bytes = try? Packet.request(
                .accountingRequest, identifier: 0, authenticator: nil, attributes: entry.attributes, secret: SharedSecret([]),
                messageAuthenticator: false),
            let packet = try? Packet(validating: bytes, maximumAttributes: 2048)
        else { return completion(false) }
        let request = ForwardedRequest(
            packet, secret: SharedSecret([]), changes: ForwardedRequest.Changes(proxyState: proxyStates.make()), dictionary: dictionary)
        let now = ContinuousClock.now
        let limits = ProxyExchange.Limits(
            deadline: now + settings.maximumTime, allowsFailover: true, retransmissionInterval: settings.retransmissionInterval)
        let key = KeyHash.of(entry.session.utf8)
        ProxyExchange(
            request, receivedAt: now - .seconds(max(0, epoch - entry.receivedEpoch)), limits: limits, timer: timer
        ) {
            pool.choose(key: key, source: nil, tried: $0)
        } completion: { result in
            if case .success(let answer) = result { return completion(answer.reply.packet.code == .accountingResponse) }
            completion(false)
        }.start()
    }
}
