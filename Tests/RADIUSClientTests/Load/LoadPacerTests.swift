import RADIUSWire
import Testing

@testable import RADIUSClient

@Suite struct LoadPacerTests {
    private func settings(_ pace: LoadSettings.Pace, _ limit: LoadSettings.Limit, threads: Int) throws -> LoadSettings {
        LoadSettings(
            server: ServerAddress(host: "127.0.0.1", port: 1812), secret: SharedSecret([1]), kind: .pap, users: try LoadUsers(count: 1),
            pace: pace, limit: limit, threads: threads)
    }

    @Test func windowAndCountAreDividedWithoutRest() throws {
        let settings = try settings(.closed(window: 10), .count(101), threads: 4)
        let pacers = (0..<4).map { LoadPacer(settings, thread: $0, start: 0) }
        #expect(pacers.map(\.window) == [3, 3, 2, 2])
        #expect(pacers.map(\.count).reduce(0, +) == 101)
        #expect(pacers.allSatisfy { $0.end == .max })
    }

    @Test func openLoopIsDueAtEqualIntervals() throws {
        let settings = try settings(.open(requestsPerSecond: 1000), .duration(.seconds(2)), threads: 1)
        let pacer = LoadPacer(settings, thread: 0, start: 5_000_000_000)
        #expect(pacer.measureFrom == 6_000_000_000)
        #expect(pacer.end == 8_000_000_000)
        #expect(pacer.due(0) == 5_000_000_000)
        #expect(pacer.due(1500) == 6_500_000_000)
        #expect(pacer.dueCount(before: 5_000_000_000) == 0)
        #expect(pacer.dueCount(before: 5_000_000_001) == 1)
        #expect(pacer.dueCount(before: 5_001_000_000) == 1)
        #expect(pacer.dueCount(before: 99_000_000_000) == 3000)
    }

    @Test func threadsTakeTurns() throws {
        let settings = try settings(.open(requestsPerSecond: 1000), .duration(.seconds(1)), threads: 4)
        let dues = (0..<4).map { LoadPacer(settings, thread: $0, start: 0) }.flatMap { [$0.due(0), $0.due(1)] }.sorted()
        #expect(dues == (0..<8).map { UInt64($0) * 1_000_000 })
    }
}
