/// Why a source as a whole cannot be read.
public enum SourceError: Error, Equatable, CustomStringConvertible {
    case unreadable(String)
    /// A file of another kind, and what to do with it.
    case wrongKind(String)
    /// At an octet of the file.
    case malformed(Int, String)
    /// One row or statement is larger than any that these programs write; at an octet of the file.
    case tooLong(Int)
    /// None of the tables that the product has.
    case nothingThere(String)

    public var description: String {
        switch self {
        case .unreadable(let path): "cannot read the file \(path)"
        case .wrongKind(let text): text
        case .malformed(let position, let text): "the dump cannot be understood at octet \(position): \(text)"
        case .tooLong(let position): "the dump has a row of more than 16 MiB before octet \(position)"
        case .nothingThere(let product): "there is no table of \(product) in it"
        }
    }
}
