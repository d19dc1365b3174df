import WebRouting

/// `/ws/radius/sessions/`: `{"type": "sessions", "sessions": […]}` whenever sessions of managed organizations begin, go on or end; each as in
/// the list of sessions.
struct SessionSocket: Sendable {
    let feed: SessionFeed

    /// Credentials are looked at when a socket opens: its client has to come back now and then.
    static let lifetime = Duration.seconds(600)

    var route: WebSocketRoute {
        WebSocketRoute(
            "/ws/radius/sessions/", "Changes of open sessions", access: .manager(model: "radiusaccounting"),
            serve: { connection, request in try await serve(connection, try request.user().scope) })
    }

    func serve(_ connection: any WebSocketConnection, _ tenancy: Tenancy) async throws {
        let end = ContinuousClock.now + Self.lifetime
        for await sessions in feed.follow(tenancy) {
            let message: JSONValue = ["type": "sessions", "sessions": .array(sessions.map(\.json))]
            try await connection.send(String(decoding: message.bytes, as: UTF8.self))
            // Going away (RFC 6455 §7.4.1).
            if ContinuousClock.now >= end { return await connection.close(1001) }
        }
    }
}
