/// A file that holds tables one behind the other, in any order: it can only be read through from the beginning.
protocol SourceContainer {
    /// Hands over every row of the wanted tables, in the file's order.
    /// - Parameters:
    ///   - wants: whether a table is wanted, by its name in lower case.
    ///   - progress: called now and then with the number of octets read.
    func read(_ wants: (String) -> Bool, _ take: (SourceRecord) throws -> Void, _ progress: (Int) -> Void) throws
}
