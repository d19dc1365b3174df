import HTTPTypes

extension WebService {
    /// Adds what every answer carries; what the handler set stays.
    func finish(_ response: inout WebResponse, _ request: WebRequest) {
        response.headers[.xRequestID] = request.requestID
        response.headers.setDefault(.xContentTypeOptions, "nosniff")
        response.headers.setDefault(.referrerPolicy, "same-origin")
        response.headers.setDefault(.xFrameOptions, "DENY")
        response.headers.setDefault(.contentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
        // Answers are for one caller: no cache on the way may keep them.
        response.headers.setDefault(.cacheControl, "no-store")
        allowOrigin(&response, request)
    }

    /// Lets pages of the allowed sites read the answer (the Fetch standard's CORS protocol).
    private func allowOrigin(_ response: inout WebResponse, _ request: WebRequest) {
        guard let origin = request.head.headerFields[.origin], settings.allowedOrigins.contains(origin) else { return }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlAllowCredentials] = "true"
        response.headers[.vary] = "Origin"
        if request.head.method == .options {
            response.headers[.accessControlAllowMethods] = response.headers[.allow]
            response.headers[.accessControlAllowHeaders] = "Accept-Language, Authorization, Content-Type, X-CSRF-Token, X-Request-Id"
            response.headers[.accessControlMaxAge] = "600"
        } else {
            response.headers[.accessControlExposeHeaders] = "Link, Retry-After, X-Request-Id"
        }
    }
}

extension HTTPFields {
    fileprivate mutating func setDefault(_ name: HTTPField.Name, _ value: String) {
        if self[name] == nil { self[name] = value }
    }
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy = HTTPField.Name(parsed: "referrer-policy")!
    fileprivate static let xFrameOptions = HTTPField.Name(parsed: "x-frame-options")!
}
