public import Foundation

/// The fields of a request's body, whichever of JSON, form or multipart it came as.
public struct FormValues: Sendable {
    /// One field's value.
    public enum Value: Sendable, Equatable {
        case json(JSONValue)
        case file(UploadedFile)
    }

    private var values: [String: Value] = [:]
    /// Names in the order of the body.
    public private(set) var names: [String] = []

    public init() {}

    /// Members of a JSON object.
    public init(_ members: [JSONValue.Member]) {
        for member in members { self[member.name] = .json(member.value) }
    }

    /// The value of a field; nil when the body has none.
    public subscript(name: String) -> Value? {
        get { values[name] }
        set {
            if values[name] == nil, newValue != nil { names.append(name) }
            values[name] = newValue
        }
    }

    /// Whether the body has the field, whatever its value.
    public func contains(_ name: String) -> Bool { values[name] != nil }

    /// The field as JSON; nil when it is missing or a file.
    public func json(_ name: String) -> JSONValue? {
        guard case .json(let value)? = values[name] else { return nil }
        return value
    }

    /// The text of a field; nil when it is missing, null or no text.
    public func text(_ name: String) -> String? { json(name)?.string }

    /// The text of a field, nil also when it is empty.
    public func nonEmptyText(_ name: String) -> String? { text(name).flatMap { $0.isEmpty ? nil : $0 } }

    public func integer(_ name: String) -> Int64? {
        guard case .integer(let value)? = json(name) else { return nil }
        return value
    }

    public func flag(_ name: String) -> Bool? {
        guard case .bool(let value)? = json(name) else { return nil }
        return value
    }

    public func file(_ name: String) -> UploadedFile? {
        guard case .file(let file)? = values[name] else { return nil }
        return file
    }
}

/// A file of a multipart body, written to a temporary file that is gone after the request.
public struct UploadedFile: Sendable, Equatable {
    /// As the client named it; never a path to trust.
    public var name: String
    public var contentType: String
    public var url: URL
    public var octets: Int

    public init(name: String, contentType: String, url: URL, octets: Int) {
        self.name = name
        self.contentType = contentType
        self.url = url
        self.octets = octets
    }
}
