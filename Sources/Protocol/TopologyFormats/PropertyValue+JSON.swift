extension PropertyValue {
    /// Reads a document.
    /// - Parameter bytes: UTF-8.
    /// - Throws: where it is no JSON, or nested too deep.
    public init(json bytes: [UInt8]) throws(TopologyFormatError) {
        do throws(JSONReader.SyntaxError) {
            self = try JSONReader.documents(in: bytes, limit: 1)[0]
        } catch {
            throw TopologyFormatError(
                .conversion, "This is no JSON: \(error.problem)", TextPosition(offset: error.offset, in: bytes).place)
        }
    }
}
