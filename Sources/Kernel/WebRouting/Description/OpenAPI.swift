import HTTPTypes

/// The description of the API in OpenAPI 3.1, derived from the routes.
public enum OpenAPI {
    /// The document of all routes that have a section.
    public static func document(_ routes: [Route], title: String = "Radian API") -> JSONValue {
        var components: [String: JSONValue] = [:]
        var paths: [(path: String, operations: [JSONValue.Member])] = []
        for route in routes where !route.section.isEmpty {
            let path = PathTemplate(route.path).braced(trailingSlash: route.path.hasSuffix("/"))
            let member = JSONValue.Member(route.method.rawValue.lowercased(), operation(route, &components))
            if let index = paths.firstIndex(where: { $0.path == path }) {
                paths[index].operations.append(member)
            } else {
                paths.append((path, [member]))
            }
        }
        let schemas = components.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value) }
        return [
            "openapi": "3.1.0",
            "info": ["title": .string(title), "version": "v1"],
            "paths": .object(paths.map { .init($0.path, .object($0.operations)) }),
            "components": ["schemas": .object(schemas), "securitySchemes": securitySchemes],
        ]
    }

    private static let securitySchemes: JSONValue = [
        "bearer": ["type": "http", "scheme": "bearer", "description": "API token or JWT."],
        "session": [
            "type": "apiKey", "in": "cookie", "name": "sid", "description": "Session of a browser; unsafe methods need X-CSRF-Token.",
        ],
        "oneTimeToken": [
            "type": "apiKey", "in": "header", "name": "Authorization", "description": "'sesame' and a token that is good once.",
        ],
        "organization": [
            "type": "apiKey", "in": "header", "name": "Authorization",
            "description": "'Bearer', the organization's UUID and its token; or uuid and token in the query.",
        ],
    ]

    private static func operation(_ route: Route, _ components: inout [String: JSONValue]) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("operationId", .string(operationID(route))), .init("summary", .string(route.summary)),
            .init("tags", [.string(route.section)]),
        ]
        let parameters = pathParameters(route) + route.query.map(queryParameter)
        if !parameters.isEmpty { members.append(.init("parameters", .array(parameters))) }
        if let form = route.form { members.append(.init("requestBody", body(form, route))) }
        members.append(.init("responses", .object(replies(route, &components))))
        members.append(.init("security", security(route)))
        return .object(members)
    }

    /// `POST /api/v1/radius/group/:id/` is `post_radius_group_id`.
    private static func operationID(_ route: Route) -> String {
        let parts = PathTemplate(route.path).parts.map { part in
            switch part {
            case .word(let word): word
            case .parameter(let name): name
            case .rest: "path"
            }
        }
        let words = [route.method.rawValue.lowercased()] + parts.drop { ["api", "v1"].contains($0) }
        return words.joined(separator: "_").replacing("-", with: "_")
    }

    private static func pathParameters(_ route: Route) -> [JSONValue] {
        PathTemplate(route.path).parameterNames.map { name in
            ["name": .string(name == "*" ? "path" : name), "in": "path", "required": true, "schema": ["type": "string"]]
        }
    }

    private static func queryParameter(_ field: Field) -> JSONValue {
        ["name": .string(field.name), "in": "query", "required": .bool(field.isRequired), "schema": field.schema]
    }

    private static func body(_ form: Form, _ route: Route) -> JSONValue {
        let schema = form.schema(isPartial: route.method == .patch)
        let hasFile = form.fields.contains { $0.kind == .file }
        let types =
            hasFile ? ["multipart/form-data"] : ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
        let isRequired = route.method != .patch && form.fields.contains(where: \.isRequired)
        return ["required": .bool(isRequired), "content": .object(types.map { .init($0, ["schema": schema]) })]
    }

    private static func security(_ route: Route) -> JSONValue {
        let schemes = route.credentials.map { kind -> JSONValue in
            switch kind {
            case .bearer: ["bearer": []]
            case .session: ["session": []]
            case .oneTimeToken: ["oneTimeToken": []]
            }
        }
        switch route.access {
        case .anonymous: return []
        case .own: return [["organization": []], [:]]
        case .optional: return .array([[:]] + schemes)
        default: return .array(schemes)
        }
    }

    /// What the route declares, and what the steps before its handler may answer.
    private static func replies(_ route: Route, _ components: inout [String: JSONValue]) -> [JSONValue.Member] {
        var replies = route.replies.isEmpty ? [Reply(.ok, "Done.")] : route.replies
        func add(_ status: HTTPResponse.Status, _ description: String, _ schema: JSONSchema = .detail) {
            if !replies.contains(where: { $0.status == status }) { replies.append(Reply(status, description, schema)) }
        }
        if route.form != nil { add(.badRequest, "The body or a field is wrong.", .fieldErrors) }
        let isPaged = route.query.contains { $0.name == "page" }
        if !route.query.isEmpty { add(.badRequest, "A value of the query is wrong.", .fieldErrors) }
        switch route.access {
        case .anonymous: break
        case .own: add(.forbidden, "The credential is wrong.")
        case .optional, .user: addRefusals()
        case .manager, .permission, .staff, .superuser: addRefusals()
        }
        func addRefusals() {
            if route.credentials.first == .bearer { add(.unauthorized, "The credential is missing or wrong.") }
            add(.forbidden, "The caller may not do this.")
        }
        if !pathParameters(route).isEmpty { add(.notFound, "There is no such object, or the caller must not know of it.") }
        if isPaged { add(.notFound, "The list has no such page.") }
        if route.form != nil {
            add(.contentTooLarge, "The body is too large.")
            add(.unsupportedMediaType, "The body is of another type.")
        }
        if let throttle = route.throttle, throttle.limit != nil { add(.tooManyRequests, "Too many requests; see Retry-After.") }
        return replies.sorted { $0.status.code < $1.status.code }.map { reply in
            let content: [JSONValue.Member] =
                reply.schema.map { [.init("content", [reply.mediaType: ["schema": $0.json(&components)]])] } ?? []
            return .init(String(reply.status.code), .object([.init("description", .string(reply.description))] + content))
        }
    }
}
