import Foundation

extension WebRequest {
    /// An id in the path, as ids are stored: in lower case.
    /// - Throws: 404 for what is no UUID.
    public func uuid(_ name: String) throws(Problem) -> String {
        guard UUID(uuidString: parameter(name)) != nil else { throw .notFound }
        return parameter(name).lowercased()
    }
}
