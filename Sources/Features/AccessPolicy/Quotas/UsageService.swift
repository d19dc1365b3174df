public import RADIUSPipeline
public import ServerKernel

/// One limit of a user's group and what of it is used, as the API shows it to the user.
public struct UsageCheck: Sendable, Equatable {
    /// `Max-Daily-Session`.
    public var attribute: String
    public var op: String
    /// As it is stored.
    public var value: String
    /// Seconds or octets, the value at most; nil for a value that is no number.
    public var result: Int64?
    /// `seconds` or `bytes`.
    public var type: String?

    public init(attribute: String, op: String, value: String, result: Int64?, type: String?) {
        self.attribute = attribute
        self.op = op
        self.value = value
        self.result = result
        self.type = type
    }
}

/// What users have used of the limits of their groups.
public struct UsageService: Sendable {
    private let kernel: Kernel
    private let counters: [UsageCounter]
    private let calendar: LocalCalendar

    /// - Parameters:
    ///   - counters: limits that check rows may set.
    ///   - calendar: the zone whose days and months count.
    public init(_ kernel: Kernel, counters: [UsageCounter], calendar: LocalCalendar) {
        self.kernel = kernel
        self.counters = counters
        self.calendar = calendar
    }

    /// The limits that the group which counts for a user in an organization sets, in the order of its check rows.
    /// - Parameter epoch: now, seconds since 1970 UTC.
    /// - Returns: nil when the user has no group there.
    public func checks(username: String, organizationID: String, at epoch: Int64) async throws -> [UsageCheck]? {
        let (counters, calendar) = (counters, calendar)
        return try await kernel.withConnection { connection in
            let query = PolicyQuery(userName: username, organizationID: organizationID, epoch: epoch)
            let policy = try PolicyLoader.policy(query, over: connection)
            guard let group = policy.groups.first else { return nil }
            let limits = group.checks.compactMap { row in
                counters.first { row.isAbout($0.attribute) }.map { (row: row, counter: $0) }
            }
            if limits.isEmpty { return [] }
            let usage = try policy.knownUsage(
                of: username, organizationID: organizationID, asFarAs: UsageDepth(limits.map(\.counter.period)), calendar, over: connection)
            return limits.map { row, counter in
                let used = usage.used(counter.measure, in: counter.period, at: epoch, calendar)
                return UsageCheck(
                    attribute: row.attribute, op: row.op, value: row.value, result: Int64(row.value).map { min(used, max(0, $0)) },
                    type: Self.unit(of: row.attribute, counter.measure))
            }
        }
    }

    /// Names tell, as clients expect it; what a counter measures says it for the others.
    private static func unit(of attribute: String, _ measure: UsageMeasure) -> String? {
        let name = attribute.lowercased()
        if name.contains("traffic") { return "bytes" }
        if name.contains("session") { return "seconds" }
        return measure.isVolume ? "bytes" : "seconds"
    }
}
