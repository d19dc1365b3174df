import NIOConcurrencyHelpers

/// What resumed sessions need: bounded, with a lifetime, shared by threads and by the contexts that follow each other at reloads.
///
/// A server keeps TLS ≤ 1.2 sessions by session ID and TLS 1.3 ones by ticket (tickets are stateful: names of entries here). Only
/// sessions that called ``TLSSession/remember(_:)`` are in it. A client keeps the last session with each server.
public final class TLSResumption: Sendable {
    /// From the full handshake on; resuming does not prolong it.
    public let lifetimeSeconds: Int
    public let capacity: Int

    private let state: NIOLockedValueBox<State>

    struct Entry: Sendable {
        /// OpenSSL's encoding of the session, master secret included.
        var session: [UInt8]
        /// The peer's chain as it was verified, leaf first.
        var chain: [Certificate]
        /// By which settings it was.
        var verifiedBy: Verifier
        var data: [UInt8]
    }

    /// What a chain was verified by: the same settings find the same again, but for the time.
    struct Verifier: Sendable, Equatable {
        var context: UInt64
        var verification: TLSConfiguration.Verification
    }

    private struct State {
        var entries: [[UInt8]: (entry: Entry, slot: Int)] = [:]
        /// A ring of keys: the oldest makes room.
        var slots: [[UInt8]] = []
        var next = 0
    }

    /// - Parameters:
    ///   - lifetimeSeconds: 1 or more; a session ends earlier with a certificate that it rests on.
    ///   - capacity: sessions kept, 1 or more; the oldest go first.
    public init(lifetimeSeconds: Int, capacity: Int) {
        self.lifetimeSeconds = max(1, lifetimeSeconds)
        self.capacity = max(1, capacity)
        state = NIOLockedValueBox(State())
    }

    /// The sessions kept now, including those whose time is over.
    public var count: Int { state.withLockedValue { $0.entries.count } }

    public func forgetAll() {
        state.withLockedValue { $0 = State() }
    }

    /// Forgets the sessions whose data (given to ``TLSSession/remember(_:)``) this names, as when a user was disabled.
    public func forget(where isForgotten: ([UInt8]) -> Bool) {
        state.withLockedValue { state in
            for (key, kept) in state.entries where isForgotten(kept.entry.data) { state.entries[key] = nil }
        }
    }

    /// Everything kept now.
    var all: [[UInt8]: Entry] { state.withLockedValue { $0.entries.mapValues(\.entry) } }

    func entry(_ key: [UInt8]) -> Entry? {
        state.withLockedValue { $0.entries[key]?.entry }
    }

    func store(_ entry: Entry, for key: [UInt8]) {
        state.withLockedValue { state in
            if let slot = state.entries[key]?.slot {
                state.entries[key] = (entry, slot)
                return
            }
            let slot = state.next
            if slot < state.slots.count {
                // A slot may hold a key that was forgotten since and stored anew elsewhere.
                let oldest = state.slots[slot]
                if state.entries[oldest]?.slot == slot { state.entries[oldest] = nil }
                state.slots[slot] = key
            } else {
                state.slots.append(key)
            }
            state.entries[key] = (entry, slot)
            state.next = (slot + 1) % capacity
        }
    }

    func forget(_ key: [UInt8]) {
        state.withLockedValue { $0.entries[key] = nil }
    }
}
