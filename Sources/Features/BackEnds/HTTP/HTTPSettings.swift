/// A web service and what it is asked.
public struct HTTPSettings: Sendable {
    public enum Method: String, Sendable, CaseIterable {
        case get, post, put
    }

    /// What a request carries.
    public enum Body: String, Sendable, CaseIterable {
        case none
        /// Attributes as `application/json`: `{"User-Name": {"type": "string", "value": ["bob"]}}`.
        case json
        /// Attributes as `application/x-www-form-urlencoded`.
        case post
    }

    /// One of the two questions.
    public struct Question: Sendable {
        /// With expansions such as `%{User-Name}`, whose values are percent-encoded.
        public var url: String
        public var method = Method.get
        public var body = Body.none
        /// Text to send instead of all attributes, with expansions that are escaped as ``body`` asks for.
        public var data: String?

        public init(url: String) {
            self.url = url
        }
    }

    /// Finds users before their password is checked; nil for a service that only checks passwords.
    public var authorize: Question?
    /// Checks a password in clear; nil for a service that hands out stored passwords.
    public var authenticate: Question?
    /// For HTTP's Basic authentication, with expansions; nil for none.
    public var userName: String?
    public var password = ""
    /// Header fields that each request carries.
    public var headers: [String: String] = [:]
    /// Seconds for a whole request.
    public var timeoutSeconds = 3.0
    /// Octets of an answer at most.
    public var maximumAnswer = 65_536

    public init() {}
}
