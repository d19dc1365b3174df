public import RADIUSCapture
import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire

/// Decides the logins that another server answers, from copies of its packets, and compares. Sends nothing and changes nothing.
public struct ShadowRun {
    private let rehearsal: PolicyRehearsal
    private let comparison: ShadowComparison
    private var matcher: ExchangeMatcher
    public private(set) var report = ShadowReport()

    /// - Parameters:
    ///   - ignored: attributes not compared, by name.
    /// - Throws: a configuration's or the database's error.
    public init(_ configuration: RadianConfiguration, ignoring ignored: Set<String> = ShadowComparison.usuallyIgnored) throws {
        let rehearsal = try PolicyRehearsal(configuration)
        self.rehearsal = rehearsal
        comparison = ShadowComparison(ignoring: ignored)
        matcher = ExchangeMatcher { address in rehearsal.devices(at: address).map(\.secret) }
    }

    /// Takes the next datagram.
    public mutating func observe(_ datagram: UDPDatagram, in frame: CapturedFrame) {
        guard let observation = matcher.observe(datagram, in: frame), !observation.isRequest else { return }
        guard let request = observation.request else { return report.skip("a reply without its request") }
        guard request.packet.code == .accessRequest else { return report.skip(request.packet.code.name) }
        guard observation.retransmission == 0 else { return report.skip("a reply sent again") }
        guard !request.packet.contains(AttributeType.eapMessage) else { return report.skip("EAP, whose proof only the real server sees") }
        guard observation.packet.code != .accessChallenge else { return report.skip("a challenge") }
        guard let secret = observation.secret, observation.proof == .good else {
            return report.skip("an unknown NAS, or another shared secret than the real server's")
        }
        guard let client = rehearsal.devices(at: request.datagram.source.address).first(where: { $0.secret == secret }) else {
            return report.skip("an unknown NAS, or another shared secret than the real server's")
        }
        let decision = rehearsal.decide(
            request.packet, client: client, source: request.datagram.source, epoch: Double(request.epochMicroseconds) / 1e6)
        let difference = comparison.difference(
            real: observation.packet.code, observation.attributes(rehearsal.dictionary), ours: decision)
        report.add(
            difference, user: request.packet.text(AttributeType.userName) ?? "", nas: client.name,
            epochMicroseconds: request.epochMicroseconds)
    }

    /// Completes ``report``.
    public mutating func finish() {
        matcher.finish()
        for _ in 0..<matcher.counts.unanswered { report.skip("no reply") }
        report.finish()
    }
}
