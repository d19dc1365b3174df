import Accounts
import Dispatch
import Foundation
import HTTPTypes
import Localization
import ServerKernel
import WebRouting

/// Private files of batches: the sheet of credentials, the uploaded file, the report of refused rows.
struct BatchFileRoutes {
    private static let base = "/api/v1/radius/organization/:slug/batch/:id/"
    private static let section = "Batches"

    let kernel: Kernel
    let service: BatchService

    var all: [Route] {
        [
            Route(
                .get, Self.base + "pdf/", "The credentials of a batch, to hand out", section: Self.section,
                access: .staff(model: BatchRoutes.model), throttle: .others,
                query: [
                    Field("layout", .choice(BatchSheet.Options.layouts)),
                    Field("password_in_code", .boolean, help: "Puts the password into the QR code's link."),
                ],
                replies: [
                    Reply(.ok, "A PDF. The passwords are dropped an hour later."),
                    Reply(.gone, "The passwords are not kept any more.", .detail),
                ], handler: sheet),
            Route(
                .get, Self.base + "csv/", "The file of a batch", section: Self.section, access: .staff(model: BatchRoutes.model),
                replies: [Reply(.ok, "The file as it was uploaded.")], handler: file),
            Route(
                .get, Self.base + "errors/", "The rows that were refused", section: Self.section,
                access: .staff(model: BatchRoutes.model), replies: [Reply(.ok, "CSV: line, column, error and the row without password.")],
                handler: errors),
            // The address of the file by its place in the store.
            Route(
                .get, "/api/v1/radius/organization/:slug/batch/:organization/csv/:file", "The file of a batch",
                access: .staff(model: BatchRoutes.model), handler: fileByPath),
        ]
    }

    @Sendable private func sheet(_ request: WebRequest) async throws -> WebResponse {
        let (batch, organization) = try await find(request.parameter("id"), request)
        guard batch.strategy == .prefix else { throw Problem.notFound }
        var options = BatchSheet.Options()
        if let layout = request.query("layout") {
            guard BatchSheet.Options.layouts.contains(layout) else {
                throw Problem.field("layout", Message("\"{value}\" is not a valid choice.", ["value": layout]))
            }
            options.layout = layout
        }
        options.linksPassword = ["1", "true", "yes"].contains(request.query("password_in_code")?.lowercased() ?? "")
        let (service, language, choices) = (service, request.language, options)
        let file = try await kernel.withConnection { connection -> FileHandle? in
            let url = try service.runner.files.makeTemporary()
            // Passwords do not stay in the store: the open file is all there is of it.
            defer { try? FileManager.default.removeItem(at: url) }
            let count = try BatchSheet(service.runner).write(
                batch, of: organization, to: url.path, choices, language: language, over: connection)
            return count == 0 ? nil : try FileHandle(forReadingFrom: url)
        }
        guard let file else { throw Problem(.gone, "The passwords of this batch are not kept any more.") }
        var response = WebResponse.attachment([], name: "\(batch.name).pdf", contentType: "application/pdf")
        response.headers[.cacheControl] = "no-store"
        response.body = .stream { write in
            defer { try? file.close() }
            while case let piece = try await Self.read(file), !piece.isEmpty { try await write(piece) }
        }
        return response
    }

    private static let reading = DispatchQueue(label: "batch-sheets")

    /// The next piece of a file, read off the cooperative threads.
    private static func read(_ file: FileHandle) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
            reading.async { continuation.resume(with: Result { Array(try file.read(upToCount: 1 << 18) ?? Data()) }) }
        }
    }

    @Sendable private func file(_ request: WebRequest) async throws -> WebResponse {
        try await file(request.parameter("id"), request)
    }

    @Sendable private func fileByPath(_ request: WebRequest) async throws -> WebResponse {
        let name = request.parameter("file")
        guard name.hasSuffix(".csv") else { throw Problem.notFound }
        let (batch, organization) = try await find(String(name.dropLast(4)), request)
        guard organization.id == request.parameter("organization").lowercased() else { throw Problem.notFound }
        return try await file(batch.id, request)
    }

    private func file(_ id: String, _ request: WebRequest) async throws -> WebResponse {
        let (batch, _) = try await find(id, request)
        let files = service.runner.files
        guard batch.strategy == .csv, files.has(batch) else { throw Problem.notFound }
        var response = WebResponse.attachment([], name: "\(batch.name).csv", contentType: "text/csv")
        response.headers[.cacheControl] = "no-store"
        response.body = .file(files.url(of: batch))
        return response
    }

    @Sendable private func errors(_ request: WebRequest) async throws -> WebResponse {
        let (batch, _) = try await find(request.parameter("id"), request)
        var response = WebResponse.attachment([], name: "\(batch.name)-errors.csv", contentType: "text/csv; charset=utf-8")
        response.body = .stream { [kernel] write in
            try await write(Array(BatchStore.errorReportHeading.utf8))
            var line: Int64 = 0
            while let (text, last) = try await kernel.withConnection({ [line] in
                try BatchStore($0).errorReport(of: batch.id, after: line)
            }) {
                try await write(Array(text.utf8))
                line = last
            }
        }
        response.headers[.cacheControl] = "no-store"
        return response
    }

    /// The batch, which belongs to the path's organization.
    /// - Throws: 404 for an unknown organization or batch, 403 for one of an organization that the caller does not manage.
    private func find(_ id: String, _ request: WebRequest) async throws -> (batch: Batch, organization: Organization) {
        let principal = try request.user()
        let (batch, organization) = try await BatchRoutes.find(id, scope: .all, kernel)
        guard organization.slug == request.parameter("slug") else { throw Problem.notFound }
        guard principal.has(.manager, in: organization.id), principal.may(.view, BatchRoutes.model) else { throw Problem.forbidden }
        return (batch, organization)
    }
}
