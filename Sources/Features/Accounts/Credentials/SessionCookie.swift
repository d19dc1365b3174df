import Digests
import HTTPTypes
import WebRouting

/// The cookie of a browser's session, and the CSRF token that goes with it.
enum SessionCookie {
    static let name = "sid"
    static let csrfField = HTTPField.Name(parsed: "x-csrf-token")!

    /// The session's token in a request; nil when there is none.
    static func token(of request: WebRequest) -> String? {
        for field in request.head.headerFields[values: .cookie] {
            for pair in field.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1).map { $0.filter { !$0.isWhitespace } }
                if parts.count == 2, parts[0] == name, parts[1].utf8.count == 43 { return parts[1] }
            }
        }
        return nil
    }

    /// A field that gives a browser the session's token; an empty token takes it back.
    static func field(_ token: String, seconds: Int64, isSecure: Bool) -> String {
        "\(name)=\(token); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
    }

    /// What a page has to send in `X-CSRF-Token` with methods that change something: nobody without the cookie can know it.
    static func csrfToken(session: String, key: [UInt8]) -> String {
        Base64URL.encode(HMACSHA256(key: key).authenticate(Array(session.utf8)))
    }

    /// Whether a method changes nothing (RFC 9110 §9.2.1).
    static func isSafe(_ method: HTTPRequest.Method) -> Bool { [.get, .head, .options, .trace].contains(method) }
}
