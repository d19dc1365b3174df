public import RADIUSDictionary

extension PolicyRow {
    /// Why the pipeline cannot use this row; nil where it can. The text never holds the row's value, which may be a password.
    public func problem(_ dictionary: AttributeDictionary) -> String? {
        // What `%{…}` becomes depends on the request, so that such a value cannot be judged.
        let isExpanded = value.utf8.count >= 2 && value.hasPrefix("`") && value.hasSuffix("`")
        do throws(RowProblem) {
            _ = try PolicyItem(self, dictionary: dictionary) { _ in "" }
            return nil
        } catch {
            return isExpanded && dictionary.attribute(named: attribute.prefix { $0 != ":" }) != nil ? nil : error.text
        }
    }
}
