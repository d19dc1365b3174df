import Foundation
import FoundationNetworking
import NIOConcurrencyHelpers
public import RADIUSPipeline
import RADIUSDictionary
import RADIUSWire

/// A web service by the conventions of FreeRADIUS's rlm_rest: what it says stands in the status and in attributes of the body.
///
/// | status | authorize | authenticate |
/// |---|---|---|
/// | 200, other 2xx | known, with the body's attributes | the password is right, with the body's attributes |
/// | 204 | known | the password is right |
/// | 401 | refused | the password is wrong |
/// | 403 | the account is locked | the account is locked |
/// | 404, 410 | unknown | unknown |
/// | any other | a failure | a failure |
public final class HTTPBackEnd: BackEnd {
    public let name: String
    public var authTypes: Set<String> { ["rest", "http"] }
    public var looksUp: Bool { settings.authorize != nil }
    public var verifies: Bool { settings.authenticate != nil }
    private let settings: HTTPSettings
    private let session: URLSession

    public init(name: String, _ settings: HTTPSettings) {
        self.name = name
        self.settings = settings
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = settings.timeoutSeconds
        configuration.timeoutIntervalForResource = settings.timeoutSeconds
        configuration.httpShouldSetCookies = false
        configuration.urlCache = nil
        session = URLSession(configuration: configuration, delegate: RedirectRefusal(), delegateQueue: nil)
    }

    /// Two requests are alike when they ask for the same with the same body.
    public func cacheKey(_ request: inout RequestContext) -> String? {
        guard let question = settings.authorize ?? settings.authenticate,
            let made = try? makeRequest(question, password: nil, &request), let url = made.url?.absoluteString
        else { return nil }
        return url + " " + String(decoding: made.httpBody ?? Data(), as: UTF8.self)
    }

    public func lookUp(_ request: inout RequestContext) throws(BackEndFailure) -> BackEndAnswer {
        guard let question = settings.authorize else { return .unknown }
        return try ask(question, password: nil, &request)
    }

    public func verify(_ password: [UInt8], key: String?, _ request: inout RequestContext) throws(BackEndFailure) -> BackEndAnswer {
        guard let question = settings.authenticate else { return .unknown }
        return try ask(question, password: password, &request)
    }

    public func close() {
        session.invalidateAndCancel()
    }

    private func ask(
        _ question: HTTPSettings.Question, password: [UInt8]?, _ request: inout RequestContext
    ) throws(BackEndFailure) -> BackEndAnswer {
        let (status, type, body) = try load(try makeRequest(question, password: password, &request))
        switch status {
        case 204: return .known(BackEndUser())
        case 200..<300:
            guard let answer = HTTPAnswer(body, contentType: type) else { throw .unavailable("HTTP: the answer's body cannot be read") }
            return .known(BackEndUser(checks: answer.checks, replies: answer.replies))
        case 401: return .refused(password == nil ? .policyRejected : .passwordMismatch)
        case 403: return .refused(.accountInactive)
        case 404, 410: return .unknown
        default: throw .unavailable("HTTP: status \(status)")
        }
    }

    /// Waits for the answer; called on a thread of the back end's own.
    private func load(_ request: URLRequest) throws(BackEndFailure) -> (status: Int, type: String, body: Data) {
        let done = DispatchSemaphore(value: 0)
        let box = NIOLockedValueBox<Result<(Int, String, Data), BackEndFailure>>(.failure(.timeout))
        let task = session.dataTask(with: request) { [settings] data, response, error in
            defer { done.signal() }
            guard let response = response as? HTTPURLResponse else {
                let isLate = (error as? URLError)?.code == .timedOut
                return box.withLockedValue { $0 = .failure(isLate ? .timeout : .unavailable("HTTP: no answer")) }
            }
            let body = data ?? Data()
            guard body.count <= settings.maximumAnswer else {
                return box.withLockedValue { $0 = .failure(.unavailable("HTTP: the answer is too long")) }
            }
            let type = response.value(forHTTPHeaderField: "Content-Type") ?? ""
            box.withLockedValue { $0 = .success((response.statusCode, type, body)) }
        }
        task.resume()
        if done.wait(timeout: .now() + settings.timeoutSeconds + 1) == .timedOut { task.cancel() }
        return try box.withLockedValue { $0 }.get()
    }

    private func makeRequest(
        _ question: HTTPSettings.Question, password: [UInt8]?, _ context: inout RequestContext
    ) throws(BackEndFailure) -> URLRequest {
        guard let text = context.expand(question.url, escape: Self.percentEncoded), let url = URL(string: text) else {
            throw .misconfigured("HTTP: the URL cannot be expanded")
        }
        var request = URLRequest(url: url)
        request.httpMethod = question.method.rawValue.uppercased()
        for (name, value) in settings.headers { request.setValue(value, forHTTPHeaderField: name) }
        if let userName = settings.userName {
            guard let name = context.expand(userName), let secret = context.expand(settings.password) else {
                throw .misconfigured("HTTP: the credentials cannot be expanded")
            }
            let credentials = Data("\(name):\(secret)".utf8).base64EncodedString()
            request.setValue("Basic \(credentials)", forHTTPHeaderField: "Authorization")
        }
        switch question.body {
        case .none: break
        case .json:
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            request.httpBody = try body(question, &context, Self.jsonEscaped) { Self.json($0) }
        case .post:
            request.setValue("application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type")
            request.httpBody = try body(question, &context, Self.percentEncoded) { attributes in
                Data(attributes.map { "\(Self.percentEncoded($0.name))=\(Self.percentEncoded($0.value))" }.joined(separator: "&").utf8)
            }
        }
        return request
    }

    private func body(
        _ question: HTTPSettings.Question, _ context: inout RequestContext, _ escape: (String) -> String,
        _ encode: ([(name: String, value: String)]) -> Data
    ) throws(BackEndFailure) -> Data {
        if let data = question.data {
            guard let text = context.expand(data, escape: escape) else { throw .misconfigured("HTTP: the data cannot be expanded") }
            return Data(text.utf8)
        }
        // Of a tunnelled login, the name and the password inside are meant, which `expand` knows.
        var attributes = context.attributes().filter { $0.definition.name != "User-Name" && $0.definition.name != "User-Password" }
            .map { (name: $0.printedName, value: $0.printedValue) }
        attributes.insert(("User-Name", context.expand("%{User-Name}") ?? context.userName), at: 0)
        if case .pap(let password) = context.credential { attributes.append(("User-Password", String(decoding: password, as: UTF8.self))) }
        return encode(attributes)
    }

    /// rlm_rest's form: each attribute once, with all its values.
    private static func json(_ attributes: [(name: String, value: String)]) -> Data {
        var names: [String] = []
        var values: [String: [String]] = [:]
        for (name, value) in attributes {
            if values[name] == nil { names.append(name) }
            values[name, default: []].append(value)
        }
        let members = names.map { name in
            let list = (values[name] ?? []).map { "\"\(jsonEscaped($0))\"" }.joined(separator: ",")
            return "\"\(jsonEscaped(name))\":{\"type\":\"string\",\"value\":[\(list)]}"
        }
        return Data("{\(members.joined(separator: ","))}".utf8)
    }

    /// RFC 3986 §2.3: everything but unreserved characters.
    static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.map { octet in
            switch octet {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: String(UnicodeScalar(octet))
            default: "%\(digits[Int(octet >> 4)])\(digits[Int(octet & 15)])"
            }
        }.joined()
    }

    /// The inside of a JSON string (RFC 8259 §7).
    static func jsonEscaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case _ where scalar.value < 0x20:
                "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }.joined()
    }
}

/// A redirect would carry the password to whichever server it names; its status counts as a failure.
private final class RedirectRefusal: NSObject, URLSessionTaskDelegate {
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
        completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }
}
