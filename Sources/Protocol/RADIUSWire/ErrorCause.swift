/// The value of Error-Cause (RFC 5176 §3.5, RFC 5580, RFC 7930): why a CoA- or Disconnect-Request was refused, or what came with its success.
public struct ErrorCause: RawRepresentable, Hashable, Sendable {
    /// 201...299 come with an ACK, 400...499 are faults of the request, 500...599 of the NAS or a proxy.
    public let rawValue: UInt32

    /// Any number is a cause; unknown ones have a name of the form `Error-Cause-N`.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let residualContextRemoved = ErrorCause(rawValue: 201)
    public static let invalidEAPPacket = ErrorCause(rawValue: 202)
    public static let unsupportedAttribute = ErrorCause(rawValue: 401)
    public static let missingAttribute = ErrorCause(rawValue: 402)
    public static let nasIdentificationMismatch = ErrorCause(rawValue: 403)
    public static let invalidRequest = ErrorCause(rawValue: 404)
    public static let unsupportedService = ErrorCause(rawValue: 405)
    public static let unsupportedExtension = ErrorCause(rawValue: 406)
    public static let invalidAttributeValue = ErrorCause(rawValue: 407)
    public static let administrativelyProhibited = ErrorCause(rawValue: 501)
    public static let requestNotRoutable = ErrorCause(rawValue: 502)
    public static let sessionContextNotFound = ErrorCause(rawValue: 503)
    public static let sessionContextNotRemovable = ErrorCause(rawValue: 504)
    public static let otherProxyProcessingError = ErrorCause(rawValue: 505)
    public static let resourcesUnavailable = ErrorCause(rawValue: 506)
    public static let requestInitiated = ErrorCause(rawValue: 507)
    public static let multipleSessionSelectionUnsupported = ErrorCause(rawValue: 508)
    public static let locationInfoRequired = ErrorCause(rawValue: 509)
    public static let responseTooBig = ErrorCause(rawValue: 601)

    /// The dictionary's name: `Session-Context-Not-Found`.
    public var name: String { Self.names[rawValue] ?? "Error-Cause-\(rawValue)" }

    private static let names: [UInt32: String] = [
        201: "Residual-Context-Removed", 202: "Invalid-EAP-Packet", 401: "Unsupported-Attribute", 402: "Missing-Attribute",
        403: "NAS-Identification-Mismatch", 404: "Invalid-Request", 405: "Unsupported-Service", 406: "Unsupported-Extension",
        407: "Invalid-Attribute-Value", 501: "Administratively-Prohibited", 502: "Proxy-Request-Not-Routable",
        503: "Session-Context-Not-Found", 504: "Session-Context-Not-Removable", 505: "Proxy-Processing-Error",
        506: "Resources-Unavailable", 507: "Request-Initiated", 508: "Multiple-Session-Selection-Unsupported",
        509: "Location-Info-Required", 601: "Response-Too-Big",
    ]
}
