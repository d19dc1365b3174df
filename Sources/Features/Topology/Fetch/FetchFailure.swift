/// Why no input came of a URL. Says nothing of the answer's content.
public enum FetchFailure: Error, Equatable, CustomStringConvertible {
    /// No http, https or telnet address.
    case unusableURL
    /// The address is inside a network that fetching may not reach; see `topology.allowed_networks`.
    case forbiddenAddress
    case status(Int)
    case tooLarge(limit: Int)
    case timeout
    /// In the words of the library.
    case connection(String)

    public var description: String {
        switch self {
        case .unusableURL: "The URL must be one of http, https or telnet"
        case .forbiddenAddress: "The URL leads into a network that is not allowed (topology.allowed_networks)"
        case .status(let code): "Expecting HTTP 200 ok, got \(code)"
        case .tooLarge(let limit): "The answer is longer than \(limit) octets"
        case .timeout: "No whole answer came in time"
        case .connection(let text): text
        }
    }
}
