import RADIUSPipeline
import RADIUSTransport
import Testing

@testable import Composition

@Suite struct MetricsTests {
    @Test func `values of labels cannot break a line`() {
        var writer = MetricsWriter()
        writer.family("a_total", "Help.")
        writer.sample("a_total", ["client": "x\"y\\z\nw"], 5)
        writer.sample("a_total", 1.5)
        #expect(writer.text == "# HELP a_total Help.\n# TYPE a_total counter\na_total{client=\"x\\\"y\\\\z\\nw\"} 5\na_total 1.5\n")
    }

    @Test func `a histogram is cumulative and ends with everything`() {
        var counts = DecisionCounts()
        var latency = DecisionCounts.Latency()
        latency.buckets[0] = 3
        latency.buckets[4] = 2
        latency.buckets[DecisionCounts.bucketLimits.count] = 1
        latency.count = 6
        latency.totalNanoseconds = 12_500_000_000
        counts.latency[.authentication] = latency
        counts.rejects[.passwordMismatch] = 4
        var writer = MetricsWriter()
        MetricsText.decisions(counts, &writer)
        #expect(writer.text.contains("radian_decision_seconds_bucket{role=\"authentication\",le=\"0.0005\"} 3\n"))
        #expect(writer.text.contains("le=\"0.005\"} 3\n"))
        #expect(writer.text.contains("le=\"0.01\"} 5\n"))
        #expect(writer.text.contains("le=\"5.0\"} 5\n"))
        #expect(writer.text.contains("le=\"+Inf\"} 6\n"))
        #expect(writer.text.contains("radian_decision_seconds_sum{role=\"authentication\"} 12.5\n"))
        #expect(writer.text.contains("radian_rejects_total{reason=\"password.mismatch\"} 4\n"))
    }

    @Test func `statistics survive their way through the control socket`() {
        var counts = ClientCounts()
        counts.accepts = 4
        counts.clockSkew = -7
        let statistics = ServerStatistics(
            startedAt: 1, reloadedAt: 2, clients: [.init(name: "a", address: "192.0.2.1", role: .accounting, counts: counts)],
            strangers: [.init(address: "192.0.2.9", role: .authentication, packets: 3, lastSeen: 9)])
        #expect(ServerStatistics(json: statistics.json()) == statistics)
        #expect(!statistics.json().contains("\n"))
        #expect(ServerStatistics(json: "unknown request") == nil)
    }
}
