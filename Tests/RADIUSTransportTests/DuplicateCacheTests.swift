import RADIUSWire
import Testing

@testable import RADIUSTransport

/// The cache by reference, since `#expect` takes no mutating call.
private final class CacheBox {
    private var cache: DuplicateCache

    init(_ cache: DuplicateCache) { self.cache = cache }

    var count: Int { cache.count }
    var inProgressCount: Int { cache.inProgressCount }

    func begin(_ key: ExchangeKey, _ authenticator: Authenticator, length: Int = 40, now: UInt64) -> DuplicateCache.Verdict {
        cache.begin(key, authenticator: authenticator, length: length, now: now)
    }

    /// Begins what must be new.
    func enter(_ key: ExchangeKey, _ authenticator: Authenticator, length: Int = 40, now: UInt64) throws -> DuplicateCache.Ticket {
        guard case .new(let ticket) = begin(key, authenticator, length: length, now: now) else { throw NotNew() }
        return ticket
    }

    struct NotNew: Error {}

    func answer(_ ticket: DuplicateCache.Ticket, with reply: [UInt8], now: UInt64) -> Bool {
        cache.answer(ticket, with: reply, now: now)
    }

    func hold(_ ticket: DuplicateCache.Ticket, reply: [UInt8]) -> Bool { cache.hold(ticket, reply: reply) }
    func release(_ ticket: DuplicateCache.Ticket, now: UInt64) -> [UInt8]? { cache.release(ticket, now: now) }
    func abandon(_ ticket: DuplicateCache.Ticket) -> Bool { cache.abandon(ticket) }
    func takeExpired() -> UInt64 { cache.takeExpired() }
}

@Suite struct DuplicateCacheTests {
    private static let second: UInt64 = 1_000_000_000

    private static func makeCache(capacity: Int = 100, lifetime: UInt64 = 5 * second) -> CacheBox {
        CacheBox(DuplicateCache(capacity: capacity, lifetime: lifetime, deadline: 30 * second))
    }

    private static func key(_ identifier: UInt8, port: UInt16 = 4000, code: UInt8 = 1, to last: UInt32 = 1) -> ExchangeKey {
        ExchangeKey(
            source: SocketEndpoint(address: IPAddress(ipv4: 0xC000_0201), port: port),
            destination: SocketEndpoint(address: IPAddress(ipv4: 0xC633_6400 | last), port: 1812), identifier: identifier, code: code)
    }

    private static func authenticator(_ value: UInt8) -> Authenticator {
        Authenticator([UInt8](repeating: value, count: 16)) ?? .zero
    }

    @Test func aRepetitionIsInProgressThenAnsweredThenNew() throws {
        let cache = Self.makeCache()
        let first = try cache.enter(Self.key(1), Self.authenticator(1), now: 0)
        #expect(cache.begin(Self.key(1), Self.authenticator(1), now: Self.second) == .inProgress)
        #expect(cache.answer(first, with: [7], now: 2 * Self.second))
        // The lifetime counts from the answer.
        #expect(cache.begin(Self.key(1), Self.authenticator(1), now: 7 * Self.second - 1) == .answered([7]))
        _ = try cache.enter(Self.key(1), Self.authenticator(1), now: 7 * Self.second)
        #expect(cache.count == 1)
    }

    @Test func everyPartOfTheKeyCounts() throws {
        let cache = Self.makeCache()
        for key in [Self.key(1), Self.key(2), Self.key(1, port: 4001), Self.key(1, code: 4), Self.key(1, to: 2)] {
            _ = try cache.enter(key, Self.authenticator(1), now: 0)
        }
        #expect(cache.count == 5)
    }

    @Test(arguments: [(UInt8(2), 40), (UInt8(1), 41)])
    func anotherRequestUnderTheKeyReplacesTheOneInProgress(_ authenticator: UInt8, _ length: Int) throws {
        let cache = Self.makeCache()
        let old = try cache.enter(Self.key(1), Self.authenticator(1), now: 0)
        let new = try cache.enter(Self.key(1), Self.authenticator(authenticator), length: length, now: 1)
        #expect(!cache.answer(old, with: [1], now: 2))
        #expect(!cache.abandon(old))
        #expect(cache.answer(new, with: [2], now: 2))
        #expect(
            cache.begin(Self.key(1), Self.authenticator(authenticator), length: length, now: 3) == .answered([2]))
    }

    @Test func aHeldReplyIsReleasedOnceUnlessReplaced() throws {
        let cache = Self.makeCache()
        let first = try cache.enter(Self.key(1), Self.authenticator(1), now: 0)
        #expect(cache.hold(first, reply: [3]))
        #expect(cache.begin(Self.key(1), Self.authenticator(1), now: 1) == .inProgress)
        #expect(!cache.answer(first, with: [4], now: 2))
        #expect(cache.release(first, now: 2) == [3])
        #expect(cache.release(first, now: 2) == nil)
        #expect(cache.begin(Self.key(1), Self.authenticator(1), now: 3) == .answered([3]))

        let replaced = try cache.enter(Self.key(2), Self.authenticator(1), now: 4)
        #expect(cache.hold(replaced, reply: [5]))
        _ = try cache.enter(Self.key(2), Self.authenticator(2), now: 5)
        #expect(cache.release(replaced, now: 6) == nil)
    }

    @Test func anAbandonedRequestIsNewAgain() throws {
        let cache = Self.makeCache()
        let first = try cache.enter(Self.key(1), Self.authenticator(1), now: 0)
        #expect(cache.abandon(first))
        #expect(!cache.abandon(first))
        #expect(!cache.answer(first, with: [1], now: 1))
        #expect(cache.count == 0)
        _ = try cache.enter(Self.key(1), Self.authenticator(1), now: 1)
    }

    @Test func aRequestIsGivenUpAtItsDeadline() throws {
        let cache = Self.makeCache()
        let stuck = try cache.enter(Self.key(1), Self.authenticator(1), now: 0)
        _ = cache.begin(Self.key(2), Self.authenticator(1), now: 30 * Self.second - 1)
        #expect(cache.takeExpired() == 0)
        _ = cache.begin(Self.key(3), Self.authenticator(1), now: 30 * Self.second)
        #expect(cache.takeExpired() == 1)
        #expect(cache.takeExpired() == 0)
        #expect(!cache.answer(stuck, with: [1], now: 31 * Self.second))
        #expect(cache.inProgressCount == 2)
    }

    @Test func whenFullTheOldestReplyGoesAndRequestsInProgressStay() throws {
        let cache = Self.makeCache(capacity: 3)
        let tickets = try (1...3).map {
            try cache.enter(Self.key(UInt8($0)), Self.authenticator(1), now: UInt64($0))
        }
        #expect(cache.begin(Self.key(4), Self.authenticator(1), now: 4) == .full)
        #expect(cache.answer(tickets[2], with: [3], now: 5))
        #expect(cache.answer(tickets[0], with: [1], now: 6))
        _ = try cache.enter(Self.key(4), Self.authenticator(1), now: 7)
        #expect(cache.begin(Self.key(1), Self.authenticator(1), now: 8) == .answered([1]))
        #expect(cache.begin(Self.key(2), Self.authenticator(1), now: 8) == .inProgress)
        #expect(cache.count == 3)
    }

    @Test func withoutLifetimeNoReplyIsKept() throws {
        let cache = Self.makeCache(lifetime: 0)
        let ticket = try cache.enter(Self.key(1), Self.authenticator(1), now: 0)
        #expect(cache.answer(ticket, with: [1], now: 1))
        #expect(cache.count == 0)
    }

    @Test func memoryIsReusedOverManyExchanges() throws {
        let cache = Self.makeCache(capacity: 50)
        var now: UInt64 = 0
        for round in 0..<20_000 {
            now += Self.second / 100
            let key = Self.key(UInt8(round % 256), port: UInt16(round % 1000))
            let ticket = try cache.enter(key, Self.authenticator(UInt8(round % 251)), now: now)
            switch round % 3 {
            case 0: #expect(cache.answer(ticket, with: [1], now: now))
            case 1: #expect(cache.abandon(ticket))
            default:
                #expect(cache.hold(ticket, reply: [2]))
                #expect(cache.release(ticket, now: now) == [2])
            }
            #expect(cache.count <= 50)
        }
        #expect(cache.inProgressCount == 0)
    }
}
