import Foundation
import Testing

@testable import RADIUSClient

@Suite struct LoadResultTests {
    private func result() -> LoadResult {
        var tally = LoadTally()
        tally.sent = 1000
        tally.accepts = 900
        tally.rejects = 90
        tally.timeouts = 10
        for value: UInt64 in 1...990 { tally.latency.record(value * 1000) }
        tally.cpuNanoseconds = 1_500_000_000
        return tally.result(.pap, seconds: 2)
    }

    @Test func ratesCountRepliesOnly() {
        #expect(result().requestsPerSecond == 495)
        #expect(result().generatorCPUSeconds == 1.5)
        #expect(result().latencyMicroseconds.max == 990)
    }

    @Test func jsonIsInSnakeCase() throws {
        let object = try #require(try JSONSerialization.jsonObject(with: Data(result().json().utf8)) as? [String: Any])
        #expect(object["kind"] as? String == "pap")
        #expect(object["requests_per_second"] as? Double == 495)
        #expect(object["generator_cpu_seconds"] as? Double == 1.5)
        let latency = try #require(object["latency_microseconds"] as? [String: Double])
        #expect(Set(latency.keys) == ["p50", "p99", "p999", "max"])
    }

    @Test func tableLeavesZerosOut() {
        let table = result().table
        #expect(table.contains("rejects        90"))
        #expect(table.contains("latency max    0.99 ms"))
        #expect(!table.contains("bad authenticators"))
    }
}
