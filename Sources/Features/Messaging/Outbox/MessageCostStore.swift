public import Database

/// What the messages of one day cost, of one organization, gateway and price.
public struct MessageCost: Sendable, Equatable {
    /// Days since 1970 UTC.
    public let day: Int64
    /// UUID; empty for messages of no organization.
    public let organizationID: String
    public let channel: String
    public let gateway: String
    /// Calling code of the price; empty for the price of all others.
    public let prefix: String
    public let messages: Int64
    /// Parts that long texts were cut into; gateways charge each.
    public let parts: Int64
    /// Millionths of the currency.
    public let cost: Int64
}

/// SQL about `radian_message_cost`, which outlives the messages.
public struct MessageCostStore {
    private let connection: any DatabaseConnection

    public init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let add = Statement(
        """
        INSERT INTO radian_message_cost (day, organization_id, channel, gateway, prefix, messages, parts, cost)
        VALUES ($1, $2, $3, $4, $5, 1, $6, $7)
        ON CONFLICT (day, organization_id, channel, gateway, prefix) DO UPDATE SET messages = radian_message_cost.messages + 1,
            parts = radian_message_cost.parts + excluded.parts, cost = radian_message_cost.cost + excluded.cost
        """)
    private static let select = Statement(
        """
        SELECT day, organization_id, channel, gateway, prefix, messages, parts, cost FROM radian_message_cost
        WHERE day >= $1 AND ($2 = '' OR organization_id = $2) ORDER BY day, organization_id, channel, gateway, prefix
        """)

    /// Adds one message.
    func add(_ message: LeasedMessage, day: Int64, gateway: String, prefix: String, parts: Int, cost: Int64) throws(DatabaseError) {
        try connection.execute(
            Self.add,
            [
                .integer(day), .text(message.organizationID ?? ""), .text(message.channel.rawValue), .text(gateway), .text(prefix),
                .integer(Int64(parts)), .integer(cost),
            ])
    }

    /// Costs from a day on, by day.
    /// - Parameter organizationID: nil for all.
    public func costs(since day: Int64, organizationID: String? = nil) throws(DatabaseError) -> [MessageCost] {
        try connection.rows(Self.select, [.integer(day), .text(organizationID ?? "")]) { row throws(DatabaseError) in
            MessageCost(
                day: row.integer(0), organizationID: row.text(1), channel: row.text(2), gateway: row.text(3), prefix: row.text(4),
                messages: row.integer(5), parts: row.integer(6), cost: row.integer(7))
        }
    }
}
