import ServerKernel
import WebRouting

/// `/ws/radius/batch/<uuid>/`: tells how far a batch is until it is finished.
struct BatchSocket {
    /// Batches are worked off by any node and by the command line, so that the table is what everybody knows.
    private static let interval = Duration.milliseconds(500)

    let kernel: Kernel

    var route: WebSocketRoute {
        WebSocketRoute(
            "/ws/radius/batch/:id/", "Progress of a batch", access: .staff(model: BatchRoutes.model),
            accept: { request in _ = try await find(request) },
            serve: { connection, request in try await serve(connection, request) })
    }

    private func find(_ request: WebRequest) async throws -> Batch {
        try await BatchRoutes.find(request.parameter("id"), scope: request.user().scope, kernel).batch
    }

    /// Sends each change as an object with `status`, `processed`, `total` …, at the end `{"status": "completed"}` or `"failed"`.
    func serve(_ connection: any WebSocketConnection, _ request: WebRequest) async throws {
        var last: JSONValue?
        while !Task.isCancelled {
            let batch = try await find(request)
            let progress = BatchJSON.progress(batch)
            if progress != last { try await connection.send(String(decoding: progress.bytes, as: UTF8.self)) }
            last = progress
            if batch.isFinished {
                let end: JSONValue = ["status": .string(batch.status.rawValue)]
                try await connection.send(String(decoding: end.bytes, as: UTF8.self))
                return await connection.close(1000)
            }
            try await Task.sleep(for: Self.interval)
        }
    }
}
