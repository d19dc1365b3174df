import DynamicAuthorization
import HTTPTypes
import Localization
import RADIUSWire
import WebRouting

/// The routes by which operators act on one session.
struct SessionActionRoutes: Sendable {
    let actions: SessionActions

    /// The kind of object that the permission is about; whoever acts on a session needs the one to add.
    private static let model = "radiusaccounting"
    private static let section = "RADIUS sessions"
    private static let path = "/api/v1/radius/sessions/:unique_id/"
    private static let longestLine = 1024
    private static let mostLines = 50

    private static let answer = JSONSchema.named(
        "SessionActionAnswer",
        .object([
            ("result", .string), ("error_cause", .nullable(.integer)), ("error_cause_text", .nullable(.string)),
            ("nas", .nullable(.object([("id", .nullable(.integer)), ("name", .string)]))), ("milliseconds", .integer),
            ("detail", .string), ("is_closed", .boolean),
        ]))
    private static let replies = [
        Reply(.ok, "What the NAS answered within 15 seconds: ack, nak, timeout, or unreachable when nothing was sent.", answer),
        Reply(.notFound, "No such session, or of an organization that one does not manage.", .detail),
        Reply(.conflict, "The session has ended, or another action of it is under way.", .detail),
    ]

    var all: [Route] {
        [
            Route(
                .post, Self.path + "disconnect/", "Disconnect a session", section: Self.section, access: .manager(model: Self.model),
                replies: Self.replies
            ) { request in
                try await act(.disconnect, request)
            },
            Route(
                .post, Self.path + "coa/", "Change a session", section: Self.section, access: .manager(model: Self.model),
                form: Form([
                    Field("attributes", .json, null: true, help: "Texts such as \"Session-Timeout = 600\"."),
                    Field("plan", blank: true, null: true, maximumLength: 253, help: "Name of a plan, whose terms are sent."),
                ]),
                replies: Self.replies + [Reply(.badRequest, "What cannot be sent.", .fieldErrors)]
            ) { request in
                let (plan, lines) = (request.values.nonEmptyText("plan"), try Self.lines(request.values.json("attributes")))
                guard plan != nil || !lines.isEmpty else { throw Problem.nonField("Give attributes, one on each line, or a plan.") }
                return try await act(.change(plan: plan, attributes: lines), request)
            },
        ]
    }

    private static func lines(_ value: JSONValue?) throws(Problem) -> [String] {
        switch value {
        case nil, .null?: return []
        case .array(let elements)?:
            let lines = elements.compactMap(\.string)
            guard lines.count == elements.count, lines.count <= mostLines, lines.allSatisfy({ $0.utf8.count <= longestLine }) else {
                throw .field("attributes", "Write NAME = VALUE on each line.")
            }
            return lines
        default: throw .field("attributes", "Write NAME = VALUE on each line.")
        }
    }

    private func act(_ wish: SessionWish, _ request: WebRequest) async throws -> WebResponse {
        let user = try request.user()
        do {
            let answer = try await actions.act(wish, on: request.parameter("unique_id"), in: user.scope, requestedBy: user.username)
            return .json(answer.json)
        } catch let problem as OperatorActionProblem {
            throw Problem.field("attributes", Message("This cannot be sent: {reason}.", ["reason": problem.description]))
        } catch let refusal as SessionActionRefusal {
            switch refusal {
            case .unknown: throw Problem.notFound
            case .ended: throw Problem(.conflict, "The session has ended.")
            case .underWay: throw Problem(.conflict, "Another action of this session is under way. Try again in a minute.")
            case .planUnknown: throw Problem.field("plan", "There is no such plan.")
            }
        }
    }
}

extension SessionActionAnswer {
    /// As the API has it.
    var json: JSONValue {
        let nas: JSONValue = if let nasName { ["id": .optional(nasID), "name": .string(nasName)] } else { .null }
        return [
            "result": .string(result.rawValue), "error_cause": .optional(errorCause.map { Int64($0.rawValue) }),
            "error_cause_text": .optional(errorCause.map { "\($0.name): \($0.explanation)" }),
            "nas": nas, "milliseconds": .integer(milliseconds),
            "detail": .string(detail), "is_closed": .bool(isClosed),
        ]
    }
}
