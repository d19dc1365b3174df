public import ServerKernel

/// An Accounting Start is durable.
public struct SessionStarted: Event {
    /// Acct-Unique-Session-Id.
    public let uniqueID: String
    public let userName: String
    /// As the NAS sent it; empty when it did not.
    public let callingStationID: String
}

/// An Accounting Stop is durable.
public struct SessionEnded: Event {
    /// Acct-Unique-Session-Id.
    public let uniqueID: String
    public let userName: String
    /// As the NAS sent it; empty when it did not.
    public let callingStationID: String
}
