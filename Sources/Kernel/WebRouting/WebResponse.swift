public import Foundation
public import HTTPTypes

/// An answer.
public struct WebResponse: Sendable {
    public enum Body: Sendable {
        case empty
        case bytes([UInt8])
        /// Sent from the file as the client takes it.
        case file(URL)
        /// Made while it is sent; what the producer throws ends the connection.
        case stream(@Sendable (_ write: @Sendable ([UInt8]) async throws -> Void) async throws -> Void)
    }

    public var status: HTTPResponse.Status
    public var headers: HTTPFields
    public var body: Body

    public init(_ status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], body: Body = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A text of a type, such as `text/plain; charset=utf-8`.
    public init(_ status: HTTPResponse.Status = .ok, contentType: String, body: String) {
        self.init(status, headers: [.contentType: contentType], body: .bytes(Array(body.utf8)))
    }

    /// A JSON document.
    public static func json(_ value: JSONValue, _ status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> WebResponse {
        var headers = headers
        headers[.contentType] = "application/json"
        return WebResponse(status, headers: headers, body: .bytes(value.bytes))
    }

    /// Success without a body.
    public static func empty(_ status: HTTPResponse.Status = .ok) -> WebResponse { WebResponse(status) }

    /// A file to keep.
    public static func attachment(_ bytes: [UInt8], name: String, contentType: String) -> WebResponse {
        let safe = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_. ".contains($0)) ? $0 : "_" })
        return WebResponse(
            headers: [.contentType: contentType, .contentDisposition: "attachment; filename=\"\(safe)\""], body: .bytes(bytes))
    }
}
