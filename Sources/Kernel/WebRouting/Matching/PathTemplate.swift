/// The path of a route in parts: `/api/v1/users/user/:id/` is three words and a parameter.
struct PathTemplate {
    enum Part: Equatable {
        case word(String)
        case parameter(String)
        /// Everything that is left, slashes too.
        case rest
    }

    let parts: [Part]

    init(_ path: String) {
        parts = path.split(separator: "/").map { part in
            if part == "*" { return .rest }
            return part.hasPrefix(":") ? .parameter(String(part.dropFirst())) : .word(String(part))
        }
    }

    /// Names of the parameters in their order; the rest of the path is `*`.
    var parameterNames: [String] {
        parts.compactMap { part in
            switch part {
            case .word: nil
            case .parameter(let name): name
            case .rest: "*"
            }
        }
    }

    /// The path with parameters in braces, as OpenAPI writes it.
    func braced(trailingSlash: Bool) -> String {
        let words = parts.map { part in
            switch part {
            case .word(let word): word
            case .parameter(let name): "{\(name)}"
            case .rest: "{path}"
            }
        }
        return "/" + words.joined(separator: "/") + (trailingSlash && !words.isEmpty ? "/" : "")
    }
}
