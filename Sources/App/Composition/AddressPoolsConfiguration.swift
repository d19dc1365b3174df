public import ServerKernel

/// The section `address_pools`.
public struct AddressPoolsConfiguration: Sendable {
    /// What tells a NAS's sessions apart, in the notation of values in back-ticks.
    public var key: String
    /// How long a lease of FreeRADIUS's table `radippool` lasts without accounting, seconds.
    public var tableLeaseSeconds: Int64
    /// Whether a lease is a limit of the session too.
    public var endsSessions: Bool

    /// Reads every key; problems stay with the reader.
    public init(_ reader: inout ConfigurationReader) {
        key = reader.text("address_pools", "key", default: "%{%{Calling-Station-Id}:-%{NAS-Port}}")
        tableLeaseSeconds = Int64(reader.integer("address_pools", "lease_duration", default: 3600, in: 60...31_536_000))
        endsSessions = reader.flag("address_pools", "limit_sessions", default: false)
    }
}
