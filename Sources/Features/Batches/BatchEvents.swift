public import ServerKernel

/// A batch came further on this machine.
public struct BatchProgressed: Event {
    public let batch: Batch
    /// Rows so far.
    public let position: Int
}

/// A batch was worked off on this machine, or failed.
public struct BatchFinished: Event {
    public let batch: Batch
}
