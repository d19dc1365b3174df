import RADIUSDictionary
import RADIUSTransport
import RADIUSWire
import Testing

@testable import RADIUSPipeline

/// What a Disconnect- or CoA-Request is answered with (RFC 5176 §2), by what the stages say.
@Suite struct DynamicAuthorizationTests {
    private struct Fixed: Stage {
        let name = "Fixed"
        let outcome: Outcome?
        let cause: ErrorCause?
        func run(_ context: inout RequestContext) -> StageResult {
            context.errorCause = cause
            return outcome.map { .decided($0) } ?? .next
        }
    }

    private func decide(_ outcome: Outcome?, cause: ErrorCause? = nil, code: PacketCode) throws -> Decision {
        let installation = try Installation()
        let pipeline = Pipeline(
            authentication: [], accounting: [], dictionary: installation.pipeline.environment.dictionary, stores: installation.stores,
            log: installation.log, pool: installation.pipeline.pool, trace: installation.trace, settings: PipelineSettings(),
            dynamicAuthorization: [.each(Fixed(outcome: outcome, cause: cause))])
        let decision = try pipeline.decide(
            [installation.attribute("User-Name", "bob")], code: code, client: installation.client, source: installation.source,
            epoch: Installation.noon, stores: installation.stores.makeStores())
        #expect(installation.log.entries.isEmpty)
        return decision
    }

    @Test(
        arguments: [
            (nil, nil, 502), (.notFound, nil, 503), (nil, .sessionContextNotFound, 503), (.reject(.policyRejected), nil, 501),
            (.fail(.unavailable("away")), nil, 506), (.fail(.failed("lost")), .otherProxyProcessingError, 505),
        ] as [(Outcome?, ErrorCause?, UInt32)])
    func refusalsCarryErrorCause(_ outcome: Outcome?, _ cause: ErrorCause?, _ number: UInt32) throws {
        for (code, nak) in [(PacketCode.disconnectRequest, PacketCode.disconnectNAK), (.coaRequest, .coaNAK)] {
            let decision = try decide(outcome, cause: cause, code: code)
            #expect(decision.code == nak)
            #expect(decision.attributes.map(\.definition.name) == ["Error-Cause"])
            #expect(decision.attributes.map(\.value) == [.unsigned(UInt64(number))])
        }
    }

    @Test(arguments: [Outcome.ok, .updated, .noop])
    func whatAStageSaysWasDoneIsAcknowledged(_ outcome: Outcome) throws {
        #expect(try decide(outcome, code: .disconnectRequest).code == .disconnectACK)
        #expect(try decide(outcome, code: .coaRequest).code == .coaACK)
    }

    @Test(arguments: [(Outcome.disallow, DropReason.policy), (.invalid, .malformed), (.timeout, .deadlineExceeded)])
    func silenceStaysSilence(_ outcome: Outcome, _ reason: DropReason) throws {
        guard case .silence(let given) = try decide(outcome, code: .coaRequest).disposition else {
            Issue.record("there is a reply")
            return
        }
        #expect(given == reason)
    }

    @Test func namesAreTheDictionarys() throws {
        let definition = try #require(try Installation.dictionary.get().attribute(named: "Error-Cause"))
        for number: UInt32 in [201, 202, 401, 402, 403, 404, 405, 406, 407, 501, 502, 503, 504, 505, 506, 507, 508, 509, 601] {
            #expect(definition.value(named: ErrorCause(rawValue: number).name) == UInt64(number))
        }
        #expect(ErrorCause(rawValue: 999).name == "Error-Cause-999")
    }
}
