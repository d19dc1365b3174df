/// Counts of a loaded dictionary, for the log and the console.
public struct DictionaryStatistics: Equatable, Sendable {
    /// Files read, the master included.
    public var files = 0
    /// Distinct attribute names.
    public var attributeNames = 0
    /// Distinct attributes by space and number; fewer than names where one number has several names.
    public var attributeNumbers = 0
    public var vendorNames = 0
    /// Distinct private enterprise numbers.
    public var vendorNumbers = 0
    /// VALUE statements read.
    public var values = 0
    /// VALUE statements that stood before their attribute.
    public var forwardReferences = 0
}
