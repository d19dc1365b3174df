import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire

/// Compares what another server answered with what this one would have.
public struct ShadowComparison {
    /// Attributes that two good servers need not agree on.
    public static let usuallyIgnored: Set<String> = ["Message-Authenticator", "Proxy-State", "State", "Class", "Reply-Message"]
    /// Seconds: both servers count down, but not at the same moment.
    private static let timeTolerance: UInt64 = 5

    /// How the two differ.
    public struct Difference: Sendable, Equatable {
        /// Of the real reply.
        public var real: String
        /// Of ours, or `silence: reason`.
        public var ours: String
        /// Why we would have refused, as ``RADIUSPipeline/RejectReason``'s code.
        public var reason: String?
        /// `Name = value` that the real reply has and ours lacks; secrets are masked. Empty where the codes differ.
        public var missing: [String] = []
        /// `Name = value` that ours has and the real reply lacks.
        public var extra: [String] = []
    }

    private let ignored: Set<String>

    /// - Parameter ignored: attributes not compared, by name.
    public init(ignoring ignored: Set<String> = usuallyIgnored) {
        self.ignored = ignored
    }

    /// - Parameter attributes: of the real reply, in clear.
    /// - Returns: nil where both say the same.
    func difference(real code: PacketCode, _ attributes: [Attribute], ours decision: Decision) -> Difference? {
        var ours = "silence"
        switch decision.disposition {
        case .reply(let reply): ours = reply.code.name
        case .silence(let reason): ours = "silence: \(reason.rawValue)"
        case .deferred: break
        }
        var difference = Difference(real: code.name, ours: ours, reason: decision.reason?.rawValue)
        guard code == decision.code else { return difference }
        // A reject's attributes are words to the user.
        guard code != .accessReject else { return nil }
        let (missing, extra) = compare(attributes, decision.attributes)
        guard !missing.isEmpty || !extra.isEmpty else { return nil }
        difference.missing = missing.map(Self.text).sorted()
        difference.extra = extra.map(Self.text).sorted()
        return difference
    }

    private func compare(_ real: [Attribute], _ ours: [Attribute]) -> (missing: [Attribute], extra: [Attribute]) {
        var rest = ours.flatMap(\.leaves).filter { !ignored.contains($0.definition.name) }
        var missing: [Attribute] = []
        for attribute in real.flatMap(\.leaves) where !ignored.contains(attribute.definition.name) {
            if let place = rest.firstIndex(where: { Self.isSame($0, attribute) }) {
                rest.remove(at: place)
            } else {
                missing.append(attribute)
            }
        }
        return (missing, rest)
    }

    private static func isSame(_ left: Attribute, _ right: Attribute) -> Bool {
        guard left.definition == right.definition, left.tag == right.tag else { return false }
        if left.definition.name == "Session-Timeout", case .unsigned(let a) = left.value, case .unsigned(let b) = right.value {
            return max(a, b) - min(a, b) <= timeTolerance
        }
        return left.value == right.value
    }

    private static func text(_ attribute: Attribute) -> String {
        "\(attribute.printedName) = \(attribute.isSecret ? "***" : attribute.printedValue)"
    }
}
