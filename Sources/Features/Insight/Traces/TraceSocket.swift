import RADIUSPipeline
import WebRouting

/// `/ws/radius/trace/<id>/`: `{"type": "decision", "decision": {…}}` for each login that a trace shows, until it ends.
struct TraceSocket: Sendable {
    let book: TraceBook
    let now: @Sendable () -> Int64

    /// Between two looks at what has come; a person watches.
    private static let interval = Duration.milliseconds(100)

    var route: WebSocketRoute {
        WebSocketRoute(
            "/ws/radius/trace/:id/", "Decisions about the logins that a trace shows", access: .manager(model: TraceRoutes.model),
            accept: { request in _ = try find(request) },
            serve: { connection, request in
                try await serve(connection, try find(request), try request.user().scope)
            })
    }

    private func find(_ request: WebRequest) throws(Problem) -> LoginTrace {
        guard let trace = book.trace(try request.uuid("id"), of: try request.user().id) else { throw .notFound }
        return trace
    }

    func serve(_ connection: any WebSocketConnection, _ trace: LoginTrace, _ tenancy: Tenancy) async throws {
        while !Task.isCancelled {
            let (records, isOver) = trace.take(at: now())
            for record in records where tenancy.contains(record.organizationID) {
                let message: JSONValue = ["type": "decision", "decision": DecisionDocument(record: record).json]
                try await connection.send(String(decoding: message.bytes, as: UTF8.self))
            }
            if isOver { return await connection.close(1000) }
            try await Task.sleep(for: Self.interval)
        }
    }
}
