import Messaging

/// The outbox and its gateways.
enum MessageMetrics {
    static func write(_ counters: MessageCounters, _ writer: inout MetricsWriter) {
        writer.family("radian_messages_total", "Attempts to send messages, by channel, gateway and outcome.")
        let counts = counters.counts.sorted {
            ($0.key.channel.rawValue, $0.key.gateway, $0.key.outcome.rawValue) < (
                $1.key.channel.rawValue, $1.key.gateway, $1.key.outcome.rawValue
            )
        }
        for (key, count) in counts {
            writer.sample(
                "radian_messages_total", ["channel": key.channel.rawValue, "gateway": key.gateway, "outcome": key.outcome.rawValue], count)
        }
        let costs = counters.costs.sorted { $0.key < $1.key }
        writer.family("radian_sms_parts_total", "Parts of text messages that gateways took.")
        for (gateway, cost) in costs { writer.sample("radian_sms_parts_total", ["gateway": gateway], cost.parts) }
        writer.family("radian_sms_cost_total", "What they cost, in the configured currency.")
        for (gateway, cost) in costs { writer.sample("radian_sms_cost_total", ["gateway": gateway], Double(cost.cost) / 1_000_000) }
        writer.family("radian_message_receipts_total", "Delivery receipts recorded.")
        for (state, count) in counters.receipts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            writer.sample("radian_message_receipts_total", ["state": state.rawValue], count)
        }
        writer.family("radian_messages_waiting", "Messages that are not finished.", .gauge)
        for row in counters.waiting { writer.sample("radian_messages_waiting", ["channel": row.channel.rawValue], row.count) }
        writer.family("radian_messages_oldest_time_seconds", "When the oldest of them was made, seconds since 1970 UTC.", .gauge)
        for row in counters.waiting {
            writer.sample("radian_messages_oldest_time_seconds", ["channel": row.channel.rawValue], row.oldest / 1_000_000)
        }
    }
}
