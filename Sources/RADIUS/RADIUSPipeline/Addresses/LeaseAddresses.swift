import RADIUSDictionary
import RADIUSTransport
import RADIUSWire

/// Leases an address from each pool that the control attribute Pool-Name names (FreeRADIUS's rlm_sqlippool), in one visit for the batch.
///
/// An address that the reply has already stays, and so do those of a session that is only authorized anew; a pool that does not exist changes nothing; a pool without a free address refuses.
/// Stands last, since a lease outlives a refusal.
public struct LeaseAddresses: BatchStage {
    public let name = "Address pools"

    public init() {}

    public func run(_ contexts: inout [RequestContext], pending: [Int], stores: WorkerStores) {
        guard let store = stores.addresses, store.hasPools else { return }
        var indices: [Int] = []
        var queries: [LeaseQuery] = []
        for index in pending where !contexts[index].isEstablished {
            let pools = contexts[index].poolNames
            if pools.isEmpty { continue }
            if contexts[index].isRehearsal {
                contexts[index].note("would lease from \(pools.joined(separator: ", "))")
                continue
            }
            indices.append(index)
            queries.append(
                LeaseQuery(
                    pools: pools, present: contexts[index].presentAddresses, holder: LeaseHolder(&contexts[index]),
                    organizationID: contexts[index].organizationID))
        }
        guard let first = indices.first else { return }
        do throws(StoreError) {
            let answers = try store.lease(queries, at: contexts[first].receivedSecond)
            guard answers.count == queries.count else { throw StoreError.failed("the store answered \(answers.count) of \(queries.count)") }
            for (index, answer) in zip(indices, answers) { Self.apply(answer, to: &contexts[index]) }
        } catch {
            for index in indices { contexts[index].decide(.fail(error)) }
        }
    }

    private static func apply(_ answer: LeaseAnswer, to context: inout RequestContext) {
        switch answer {
        case .exhausted(let pool):
            context.note("pool \(pool) has no free address")
            context.decide(.reject(.poolExhausted))
        case .leased(let leases):
            for lease in leases {
                context.note("\(lease.address) of pool \(lease.pool)")
                guard let definition = context.environment.known.addresses[lease.kind],
                    let attribute = try? Attribute.parse(lease.address, for: definition)
                else { continue }
                context.reply.append(PolicyAttribute(attribute: attribute, source: nil))
                if context.settings.endsSessionsWithLeases { context.limitSession(to: UInt32(clamping: max(1, lease.seconds))) }
            }
        }
    }
}

/// Extends leases with each Start and Interim-Update, ends them with a Stop, and all of a NAS with Accounting-On and -Off. Stands behind
/// the storing stage.
public struct UpdateLeases: BatchStage {
    public let name = "Address leases"

    public init() {}

    public func run(_ contexts: inout [RequestContext], pending: [Int], stores: WorkerStores) {
        guard let store = stores.addresses, store.hasPools else { return }
        var indices: [Int] = []
        var updates: [LeaseUpdate] = []
        for index in pending where !contexts[index].isRehearsal {
            let packet = contexts[index].packet
            let event: LeaseUpdate.Event
            switch AcctStatusType(packet.integer(StandardAttribute.acctStatusType) ?? 0) {
            case .start, .interimUpdate: event = .extend
            case .stop: event = .release
            case .accountingOn, .accountingOff: event = .releaseAll
            case .tunnel, .other: continue
            }
            // The NAS's own clock may be wrong, its count of the delay less so.
            let delay = min(Int64(packet.integer(StandardAttribute.acctDelayTime) ?? 0), 86_400)
            indices.append(index)
            updates.append(
                LeaseUpdate(
                    event: event, holder: LeaseHolder(&contexts[index]),
                    ipv4: packet.address(StandardAttribute.framedIPAddress, octets: 4)?.description,
                    epoch: contexts[index].receivedSecond - delay))
        }
        guard !updates.isEmpty else { return }
        do throws(StoreError) {
            try store.update(updates, at: contexts[indices[0]].receivedSecond)
        } catch {
            for index in indices { contexts[index].decide(.fail(error)) }
        }
    }
}

extension LeaseHolder {
    /// The holder as both Access-Request and Accounting-Request tell it.
    init(_ context: inout RequestContext) {
        let nas = context.nasAddress
        let template = context.settings.leaseKey
        self.init(
            nasAddress: nas.description, key: (PolicyExpansion.expand(template[...], in: &context) ?? "").withoutNUL,
            userName: context.userName.withoutNUL, stationID: (context.callingStationID ?? "").withoutNUL)
    }
}

extension RequestContext {
    /// Pools of the control list, each once.
    fileprivate var poolNames: [String] {
        guard let definition = environment.known.poolName else { return [] }
        var names: [String] = []
        for item in control where item.attribute.definition == definition {
            guard case .bytes(let octets) = item.attribute.value else { continue }
            let name = String(decoding: octets, as: UTF8.self).withoutNUL
            if !name.isEmpty, !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// Kinds of address that the reply has.
    fileprivate var presentAddresses: Set<AddressKind> {
        Set(
            AddressKind.allCases.filter { kind in
                guard let definition = environment.known.addresses[kind] else { return true }
                return reply.contains { $0.attribute.definition == definition }
            })
    }
}

extension String {
    /// Databases cannot store U+0000.
    fileprivate var withoutNUL: String {
        utf8.contains(0) ? String(String.UnicodeScalarView(unicodeScalars.filter { $0.value != 0 })) : self
    }
}
