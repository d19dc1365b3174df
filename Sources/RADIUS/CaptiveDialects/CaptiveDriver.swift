/// One dialect.
protocol CaptiveDriver: Sendable {
    /// Hosts of the vendor that forms may be sent to; with a full stop in front, everything under them.
    var vendorHosts: [String] { get }

    /// Whether the fields that make out this dialect are there.
    func recognizes(_ query: CaptiveQuery) -> Bool

    func read(_ query: CaptiveQuery, into request: inout CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem)

    func login(_ login: CaptiveLogin, for request: CaptiveRequest, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer

    func logout(_ request: CaptiveRequest, sessionID: String?, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer

    func status(_ request: CaptiveRequest, settings: CaptiveSettings) -> CaptiveURL?
}

extension CaptiveDriver {
    var vendorHosts: [String] { [] }

    func logout(_ request: CaptiveRequest, sessionID: String?, settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveAnswer {
        throw .unsupported
    }

    func status(_ request: CaptiveRequest, settings: CaptiveSettings) -> CaptiveURL? { nil }

    /// An address that something is sent to.
    /// - Throws: ``CaptiveProblem/malformed`` without one, ``CaptiveProblem/untrustedTarget``.
    func target(_ url: CaptiveURL?, _ settings: CaptiveSettings) throws(CaptiveProblem) -> CaptiveURL {
        guard let url else { throw .malformed }
        return try settings.check(url, vendorHosts: vendorHosts)
    }

    /// A page to show, nil unless its host is trusted.
    func page(_ url: CaptiveURL?, _ settings: CaptiveSettings) -> CaptiveURL? { try? target(url, settings) }
}

extension [CaptiveField] {
    /// Adds a field that has a value.
    mutating func add(_ name: String, _ value: String?) {
        if let value, !value.isEmpty { append(CaptiveField(name, value)) }
    }
}
