/// How a gateway reports deliveries by HTTP: as fields of a query, a form or a JSON object.
public struct ReceiptCallback: Sendable, Equatable {
    /// Name of the gateway.
    public var gateway: String
    /// Part of the callback's URL, known to the gateway only; 16 characters or more.
    public var secret: String
    /// Field with the gateway's own id of a part.
    public var idField: String
    public var statusField: String
    /// Field that says why it failed; nil for none.
    public var codeField: String?
    /// Statuses that are the last word, in lower case; all others are ignored.
    public var delivered: Set<String>
    public var failed: Set<String>

    public init(
        gateway: String, secret: String, idField: String, statusField: String, codeField: String? = nil, delivered: Set<String>,
        failed: Set<String>
    ) {
        self.gateway = gateway
        self.secret = secret
        self.idField = idField
        self.statusField = statusField
        self.codeField = codeField
        self.delivered = delivered
        self.failed = failed
    }

    /// What a status says; nil when it is not the last word.
    func state(of status: String) -> ReceiptState? {
        let status = status.lowercased()
        return delivered.contains(status) ? .delivered : failed.contains(status) ? .failed : nil
    }
}
