public import HTTPTypes
import Foundation
import Localization

/// Which part of a list is asked for: `?page=` from 1, `?page_size=`, larger ones cut to the maximum.
public struct Page: Sendable, Equatable {
    public var number: Int
    public var size: Int

    public init(number: Int, size: Int) {
        self.number = number
        self.size = size
    }

    /// Reads the query.
    /// - Throws: 404 for a page that is no number from 1.
    public init(_ request: WebRequest, defaultSize: Int = 10, maximumSize: Int = 100) throws(Problem) {
        size = defaultSize
        if let text = request.query("page_size"), let asked = Int(text), asked > 0 { size = min(asked, maximumSize) }
        number = 1
        if let text = request.query("page") {
            guard let asked = Int(text), asked >= 1 else { throw Self.invalid }
            number = asked
        }
    }

    /// For SQL's `LIMIT … OFFSET …`.
    public var offset: Int64 {
        let (product, isTooMuch) = Int64(number - 1).multipliedReportingOverflow(by: Int64(size))
        return isTooMuch ? .max : product
    }

    private static let invalid = Problem(.notFound, "Invalid page.")

    /// The last page of a list, which has at least one.
    private func last(of total: Int) -> Int { max(1, (total + size - 1) / size) }

    private func check(_ total: Int) throws(Problem) {
        if number > last(of: total) { throw Self.invalid }
    }

    /// `{"count", "next", "previous", "results"}`.
    /// - Throws: 404 past the end.
    public func envelope(_ results: [JSONValue], total: Int, of request: WebRequest) throws(Problem) -> WebResponse {
        try check(total)
        return .json([
            "count": .integer(Int64(total)), "next": .optional(number < last(of: total) ? link(number + 1, request) : nil),
            "previous": .optional(number > 1 ? link(number - 1, request) : nil), "results": .array(results),
        ])
    }

    /// A bare array with a `Link` field (RFC 8288) that names prev, next, first, last, each only where it leads elsewhere.
    /// - Throws: 404 past the end.
    public func linked(_ results: [JSONValue], total: Int, of request: WebRequest) throws(Problem) -> WebResponse {
        try check(total)
        var links: [String] = []
        if number > 1 { links.append("<\(link(number - 1, request))>; rel=\"prev\"") }
        if number < last(of: total) { links.append("<\(link(number + 1, request))>; rel=\"next\"") }
        if number > 1 { links.append("<\(link(1, request))>; rel=\"first\"") }
        if number < last(of: total) { links.append("<\(link(last(of: total), request))>; rel=\"last\"") }
        return .json(.array(results), headers: links.isEmpty ? [:] : [.link: links.joined(separator: ", ")])
    }

    /// The same request for another page; page 1 needs no parameter.
    private func link(_ page: Int, _ request: WebRequest) -> String {
        var components = URLComponents()
        components.path = request.path
        var items = request.query.filter { $0.name != "page" }.map { URLQueryItem(name: $0.name, value: $0.value) }
        if page > 1 { items.append(URLQueryItem(name: "page", value: String(page))) }
        if !items.isEmpty { components.queryItems = items }
        return request.origin + (components.string ?? request.path)
    }
}

extension HTTPField.Name {
    /// RFC 8288.
    public static let link = HTTPField.Name(parsed: "link")!
}
