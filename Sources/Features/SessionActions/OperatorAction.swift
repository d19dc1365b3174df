public import DynamicAuthorization
public import ServicePlans

/// What an operator wants done to running sessions, as the command line words it. Travels to the running server as JSON.
public struct OperatorAction: Sendable, Codable, Equatable {
    public enum Kind: Sendable, Codable, Equatable {
        case disconnect
        case change(PlanTerms)
        case command(PortCommand)
        /// See ``SessionActionOrder/Wish/authorizeOnly``.
        case authorizeOnly
    }

    public var kind: Kind
    /// Texts of ``SessionSelector``.
    public var selectors: [String]
    /// Slug; only its sessions.
    public var organization: String?
    /// Further attributes of a change, each `Name=Value`.
    public var attributes: [String] = []
    /// Show the packets and send nothing.
    public var isRehearsal = false
    /// How long to wait for a NAS in all; nil leaves it to the settings.
    public var timeoutSeconds: Double?
    /// The operator, for the history.
    public var requestedBy: String

    public init(_ kind: Kind, on selectors: [String], requestedBy: String) {
        self.kind = kind
        self.selectors = selectors
        self.requestedBy = requestedBy
    }

    var wish: SessionActionOrder.Wish {
        switch kind {
        case .disconnect: .disconnect
        case .change(let terms): .change(terms, orDisconnect: false)
        case .command(let command): .command(command)
        case .authorizeOnly: .authorizeOnly
        }
    }

    /// What a session's NAS is told.
    /// - Parameter state: issued for ``Kind/authorizeOnly``.
    func action(state: [UInt8]) -> SessionAction {
        switch kind {
        case .disconnect: .disconnect
        case .change(let terms): .change(terms)
        case .command(let command): .command(command)
        case .authorizeOnly: .authorizeOnly(state: state)
        }
    }
}

/// What became of one session, for the operator.
public struct OperatorActionReport: Sendable, Codable, Equatable {
    /// Text may hold what came from the network.
    public var lines: [String]
    /// Whether it is as the operator wanted it.
    public var isDone: Bool

    public init(lines: [String], isDone: Bool) {
        self.lines = lines
        self.isDone = isDone
    }
}

/// Why nothing was done at all; the text is for the operator.
public struct OperatorActionProblem: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
