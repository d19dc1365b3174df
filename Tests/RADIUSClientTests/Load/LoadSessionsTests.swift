import Testing

@testable import RADIUSClient

@Suite struct LoadSessionsTests {
    /// `#require` cannot call a mutating method.
    private func next(_ sessions: inout LoadSessions) throws -> Int {
        let index = sessions.next(at: 0)
        return try #require(index)
    }

    @Test func eachSessionSendsItsPacketsInOrder() throws {
        var sessions = LoadSessions(count: 3, interimUpdates: 2, users: 5)
        var seen: [UInt64: [LoadSessions.Status]] = [:]
        for _ in 0..<60 {
            let index = try next(&sessions)
            seen[sessions[index].number, default: []].append(sessions.status(index))
            sessions.release(index, acknowledged: true)
        }
        // The first three begin at different ages; each later one is whole, but for those still open at the end.
        let whole = seen.filter { $0.key >= 3 && $0.value.last == .stop }
        #expect(whole.count >= 11)
        for statuses in whole.values { #expect(statuses == [.start, .interimUpdate, .interimUpdate, .stop]) }
    }

    @Test func aSessionHasOneRequestUnderWay() throws {
        var sessions = LoadSessions(count: 2, interimUpdates: 1, users: 1)
        let first = try next(&sessions)
        let second = try next(&sessions)
        #expect(first != second)
        let none = sessions.next(at: 0)
        #expect(none == nil)
        sessions.release(first, acknowledged: true)
        #expect(try next(&sessions) == first)
    }

    @Test func anUnansweredPacketIsRepeated() throws {
        var sessions = LoadSessions(count: 1, interimUpdates: 0, users: 1)
        let index = try next(&sessions)
        #expect(sessions.status(index) == .start)
        sessions.release(index, acknowledged: false)
        #expect(try next(&sessions) == index)
        #expect(sessions.status(index) == .start)
        sessions.release(index, acknowledged: true)
        #expect(sessions.status(index) == .stop)
    }
}
