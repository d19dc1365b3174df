public import RADIUSWire

/// How a stage ends a request.
public enum Outcome: Sendable, Equatable {
    /// Accept, or acknowledge accounting.
    case ok
    /// As ``ok``: something was written.
    case updated
    /// As ``ok``: there was nothing to do.
    case noop
    /// Reject: nobody knows the user.
    case notFound
    case reject(RejectReason)
    /// Access-Challenge: the peer has to answer first.
    case challenge(ChallengeReply)
    /// The reply of another server, which decided.
    case relayed(RelayedReply)
    /// No reply, because policy wants silence.
    case disallow
    /// No reply: the request cannot be used.
    case invalid
    /// A store failed. No reply, unless the settings ask for a reject.
    case fail(StoreError)
    /// No reply: the decision took too long.
    case timeout
}

/// What an Access-Challenge carries.
public struct ChallengeReply: Sendable, Equatable {
    /// In order of the wire; without State.
    public var attributes: [Attribute]
    /// State, 1 to 253 octets, by which the answer is recognised; valid once.
    public var state: [UInt8]

    public init(attributes: [Attribute], state: [UInt8]) {
        self.attributes = attributes
        self.state = state
    }
}

/// A reply that another server composed.
public struct RelayedReply: Sendable, Equatable {
    public var code: PacketCode
    /// For the log and the trace, hidden values in clear.
    public var attributes: [Attribute]
    /// The same encoded for whoever asked, without Message-Authenticator and Proxy-State, which the transport adds.
    public var octets: [UInt8]

    public init(code: PacketCode, attributes: [Attribute], octets: [UInt8]) {
        self.code = code
        self.attributes = attributes
        self.octets = octets
    }
}

/// What a stage wants next.
public enum StageResult: Sendable {
    /// Go on with the next step.
    case next
    /// Stop; the outcome becomes the reply.
    case decided(Outcome)
    /// Too slow for the packet thread: run this on the work pool and continue there.
    case offload(@Sendable (inout RequestContext) -> StageResult)
    /// Waits for something outside, such as a home server, without holding a thread: the closure starts it and sees to it that the
    /// ``Resumption`` is called once. The request may not be changed meanwhile.
    case suspend(@Sendable (Resumption) -> Void)
}

/// One rule of the decision, applied to one request at a time. Stages keep no state of a request.
public protocol Stage: Sendable {
    /// Shown in traces, such as `PAP`.
    var name: String { get }
    func run(_ context: inout RequestContext) -> StageResult
}

/// One rule applied to a whole batch, because it visits a store.
public protocol BatchStage: Sendable {
    /// Shown in traces, such as `Load policy`.
    var name: String { get }
    /// - Parameters:
    ///   - pending: indices of the undecided requests; the stage touches no other.
    ///   - stores: the calling thread's stores.
    ///
    /// A request is decided by ``RequestContext/decide(_:)``.
    func run(_ contexts: inout [RequestContext], pending: [Int], stores: WorkerStores)
}

/// One line of the pipeline's order.
public enum PipelineStep: Sendable {
    case each(any Stage)
    case batch(any BatchStage)

    /// The stage's name.
    public var name: String {
        switch self {
        case .each(let stage): stage.name
        case .batch(let stage): stage.name
        }
    }
}
