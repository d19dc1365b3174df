public import ServerKernel

/// The section `audit`.
public struct AuditConfiguration: Sendable {
    /// Days after which entries are forgotten; 0 for never.
    public var keptDays: Int

    /// Reads every key; problems stay with the reader.
    public init(_ reader: inout ConfigurationReader) {
        keptDays = reader.integer("audit", "keep_days", default: 365, in: 0...36_500)
    }
}
