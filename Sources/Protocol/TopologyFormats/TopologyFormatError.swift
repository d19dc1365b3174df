/// Why an input is no graph, and where.
public struct TopologyFormatError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The names by which clients of the topology API know the errors.
    public enum Kind: String, Equatable, Sendable {
        /// The input is not in the format at all.
        case conversion = "ConversionException"
        /// The input is in the format, and something in it is missing or of the wrong type.
        case structure = "ParserError"
        /// The input was read, and NetJSON cannot express its description.
        case netJSON = "NetJsonError"
    }

    /// Where in the input it is.
    public enum Place: Equatable, Sendable, CustomStringConvertible {
        /// The input as a whole.
        case document
        /// Both from 1; columns are characters.
        case line(Int, column: Int? = nil)
        /// A value in a JSON document, such as `$.topology[3].linkQuality`.
        case path(String)

        public var description: String {
            switch self {
            case .document: "the input"
            case .line(let line, nil): "line \(line)"
            case .line(let line, let column?): "line \(line), column \(column)"
            case .path(let path): "at \(path)"
            }
        }
    }

    public let kind: Kind
    /// What is wrong, without the place. Never repeats a value of the input: some hold keys.
    public let message: String
    public let place: Place

    init(_ kind: Kind, _ message: String, _ place: Place = .document) {
        self.kind = kind
        self.message = message
        self.place = place
    }

    /// "Parse error, "mid" key not found", or "Unrecognized format (line 4)".
    public var description: String { place == .document ? message : "\(message) (\(place))" }
}
