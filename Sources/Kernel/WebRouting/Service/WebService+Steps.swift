import Foundation
import HTTPTypes
import Localization

extension WebService {
    /// Takes the steps of a request up to its handler's answer.
    func take<Body: AsyncSequence & Sendable>(
        _ request: inout WebRequest, _ body: Body, _ uploads: inout Uploads?
    ) async throws -> WebResponse where Body.Element == [UInt8] {
        guard let match = table.match(request.path[...]) else { throw Problem.notFound }
        guard let first = match.routes.first else {
            // A WebSocket's path without an upgrade.
            throw Problem(.upgradeRequired, "This address is a WebSocket.", headers: [.upgrade: "websocket"])
        }
        let method = request.head.method
        let route = match.routes.first { $0.method == method } ?? match.routes.first { $0.method == .get && method == .head }
        request.parameters = match.parameters(of: (route ?? first).path)
        try await (route ?? first).precondition?(request)
        let allowed = Self.allowedMethods(match.routes)
        guard let route else {
            guard method == .options else { throw Problem.methodNotAllowed(method, allowed: allowed) }
            return WebResponse(.noContent, headers: [.allow: allowed])
        }
        request.principal = try await principal(
            for: request, access: route.access, credentials: route.credentials, allowsExpiredPassword: route.allowsExpiredPassword)
        if let throttle = route.throttle {
            try throttles.admit(throttle, caller: request.principal?.id ?? AddressBlock.subscriber(request.clientAddress))
        }
        // No database takes them, wherever the value would go.
        if let item = request.query.first(where: { $0.name.hasNullCharacter || $0.value.hasNullCharacter }) {
            throw Problem.field(item.name.replacing("\0", with: ""), "Null characters are not allowed.")
        }
        if ![.get, .head].contains(method) {
            let reader = BodyReader(
                form: route.form, limit: min(route.bodyLimit, settings.bodyLimit), uploadFolder: settings.uploadFolder)
            let read = try await reader.read(request.head, body)
            (request.body, request.values, uploads) = (read.bytes, read.values, read.uploads)
            if let form = route.form, route.access != .own, !form.isCheckedByHandler {
                request.values = try form.check(request.values, isPartial: method == .patch)
            }
        }
        let answered = request
        var response = try await ChangeAuthor.$current.withValue(ChangeAuthor(answered)) { try await route.handler(answered) }
        if method == .head { response.dropBody() }
        return response
    }

    /// Who asks, if that one is let in.
    func principal(
        for request: WebRequest, access: Access, credentials: [CredentialKind], allowsExpiredPassword: Bool
    ) async throws -> Principal? {
        if access == .anonymous || access == .own { return nil }
        let principal: Principal?
        do {
            principal = try await authenticator.principal(for: request, accepting: credentials)
        } catch let problem as Problem where problem.status == .unauthorized {
            throw Self.refusal(problem, credentials)
        }
        switch access.verdict(on: principal, method: request.head.method) {
        case .admitted: break
        case .anonymous: throw Self.refusal(.unauthorized(), credentials)
        case .inactive: throw Self.refusal(.unauthorized("User inactive or deleted."), credentials)
        case .forbidden: throw Problem.forbidden
        }
        if let principal, principal.isPasswordExpired, !allowsExpiredPassword { throw passwordExpired(request) }
        return principal
    }

    private func passwordExpired(_ request: WebRequest) -> Problem {
        .passwordExpired(
            settings.passwordPaths.map { .init($0.name, .string(request.origin + ($0.value.string ?? ""))) }, in: request.language)
    }

    /// 401 asks for the preferred credential; a session is nothing that a client can be asked for, so it is 403 there.
    private static func refusal(_ problem: Problem, _ credentials: [CredentialKind]) -> Problem {
        guard credentials.first == .session else { return problem }
        var refusal = problem
        refusal.status = .forbidden
        refusal.headers[.wwwAuthenticate] = nil
        return refusal
    }

    /// For `Allow`.
    private static func allowedMethods(_ routes: [Route]) -> String {
        var names = routes.map(\.method.rawValue)
        if names.contains("GET"), !names.contains("HEAD") { names.append("HEAD") }
        return (names + ["OPTIONS"]).joined(separator: ", ")
    }
}

extension WebResponse {
    /// Leaves the fields that the body would have had (RFC 9110 §9.3.2).
    fileprivate mutating func dropBody() {
        switch body {
        case .bytes(let bytes): headers[.contentLength] = String(bytes.count)
        case .file(let url):
            let size = (try? FileManager.default.attributesOfItem(atPath: url.path))?[.size] as? NSNumber
            if let size { headers[.contentLength] = size.stringValue }
        case .empty, .stream: break
        }
        body = .empty
    }
}
