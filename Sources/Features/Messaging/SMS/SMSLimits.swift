/// What bounds text messages, whoever asks for them: they cost money.
public struct SMSLimits: Sendable, Equatable {
    /// Numbers that begin otherwise get none; empty for all. `+39`.
    public var allowedPrefixes: [String] = []
    /// Messages of all organizations in a day (UTC); nil for no limit.
    public var daily: Int?
    /// Messages of one organization in a day (UTC); nil for no limit.
    public var dailyPerOrganization: Int?

    public init() {}
}
