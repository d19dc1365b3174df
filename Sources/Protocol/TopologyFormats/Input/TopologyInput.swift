/// An input that is text of bearable size.
struct TopologyInput {
    /// UTF-8 without a byte order mark.
    let bytes: [UInt8]
    let options: TopologyParseOptions

    init(_ bytes: [UInt8], _ options: TopologyParseOptions) throws(TopologyFormatError) {
        guard bytes.count <= options.sizeLimit else {
            throw TopologyFormatError(.conversion, "Could not recognize format: it is longer than \(options.sizeLimit) octets")
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        self.bytes = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
        self.options = options
        guard self.bytes.contains(0) || String(validating: self.bytes, as: UTF8.self) == nil else { return }
        let line = TextLine.lines(of: self.bytes).first { $0.bytes.contains(0) || String(validating: $0.bytes, as: UTF8.self) == nil }
        throw TopologyFormatError(.conversion, "Could not recognize format: it is not text in UTF-8", line?.place ?? .document)
    }

    /// Whether a JSON object or array begins here.
    var looksLikeJSON: Bool {
        let first = bytes.first { $0 > 0x20 }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    var lines: [TextLine] { TextLine.lines(of: bytes) }

    /// The input as one JSON document.
    func json() throws(TopologyFormatError) -> JSONElement {
        JSONElement(value: try documents(limit: 1)[0], path: .root)
    }

    /// The input as one or more JSON documents, one behind the other.
    func jsonSequence() throws(TopologyFormatError) -> [JSONElement] {
        let values = try documents(limit: .max)
        if values.count == 1 { return [JSONElement(value: values[0], path: .root)] }
        return values.enumerated().map { JSONElement(value: $0.element, path: JSONPath.root.index($0.offset)) }
    }

    private func documents(limit: Int) throws(TopologyFormatError) -> [PropertyValue] {
        do throws(JSONReader.SyntaxError) {
            return try JSONReader.documents(in: bytes, limit: limit)
        } catch {
            throw unrecognized(error)
        }
    }

    private func unrecognized(_ error: JSONReader.SyntaxError) -> TopologyFormatError {
        TopologyFormatError(
            .conversion, "Could not recognize format: \(error.problem)", TextPosition(offset: error.offset, in: bytes).place)
    }
}
