import Digests
import HTTPTypes
import Localization
import WebRouting

/// `/api/v1/messages/receipts/<gateway>/<secret>/`: where gateways report deliveries.
struct ReceiptRoutes {
    let callbacks: [ReceiptCallback]
    let receipts: MessageReceipts

    static let path = "/api/v1/messages/receipts/:gateway/:secret/"

    /// No section: it is of no use to people who read the API's description.
    var all: [Route] {
        guard !callbacks.isEmpty else { return [] }
        let names = Set(callbacks.flatMap { [$0.idField, $0.statusField] + ($0.codeField.map { [$0] } ?? []) })
        let form = Form(names.sorted().map { Field($0, blank: true, null: true, maximumLength: 255) })
        return [
            Route(.get, Self.path, "A delivery receipt in the query", handler: receive),
            Route(.post, Self.path, "A delivery receipt in the body", form: form, bodyLimit: 16 * 1024, handler: receive),
        ]
    }

    @Sendable private func receive(_ request: WebRequest) async throws -> WebResponse {
        let secret = Array(request.parameter("secret").utf8)
        // A gateway that does not exist and a wrong secret look the same.
        guard let callback = callbacks.first(where: { $0.gateway == request.parameter("gateway") }),
            constantTimeEqual(Array(callback.secret.utf8), secret)
        else { throw Problem.notFound }
        let field = { (name: String) in request.values.nonEmptyText(name) ?? request.query(name) }
        guard let id = field(callback.idField), !id.isEmpty else { throw Problem.field(callback.idField, "This field is required.") }
        guard let status = field(callback.statusField), !status.isEmpty else {
            throw Problem.field(callback.statusField, "This field is required.")
        }
        guard let state = callback.state(of: status) else { return .empty() }
        let code = state == .failed ? callback.codeField.flatMap(field) ?? status : nil
        guard await receipts.record(DeliveryReceipt(providerID: id, state: state, code: code), of: callback.gateway) else {
            throw Problem(.serviceUnavailable, "The service is not available now. Please try again later.", headers: [.retryAfter: "30"])
        }
        return .empty()
    }
}
