import RADIUSDictionary
public import RADIUSPipeline
import RADIUSTransport
import RADIUSWire

/// Refuses who gave a wrong code, a used one or none; asks for a missing one where that is possible.
public struct RequireOneTimePassword: BatchStage {
    public let name = "One-time password check"
    let settings: OneTimePasswordSettings
    let state: OneTimePasswordState

    public func run(_ contexts: inout [RequestContext], pending: [Int], stores: WorkerStores) {
        for index in pending {
            guard let check = contexts[index].oneTimePassword else { continue }
            decide(check, &contexts[index], stores)
        }
    }

    private func decide(_ check: OneTimePasswordCheck, _ context: inout RequestContext, _ stores: WorkerStores) {
        let user = context.userName
        let now = context.receivedEpoch
        switch check {
        case .missing(isAsked: true) where !context.isEAP:
            let message = context.dictionary.attribute(named: "Reply-Message").map { Attribute($0, value: .text(settings.prompt)) }
            let octets = state.ask(userName: user, clientName: context.client.name, now: now)
            context.decide(.challenge(ChallengeReply(attributes: message.map { [$0] } ?? [], state: octets)))
        case .missing:
            context.decide(.reject(.oneTimePasswordMissing))
        case _ where state.isLocked(user, now: now):
            context.note("too many wrong codes; the user has to wait")
            context.decide(.reject(.oneTimePasswordWrong))
        case .wrong:
            if !context.isRehearsal { state.failed(user, now: now) }
            context.decide(.reject(.oneTimePasswordWrong))
        case .matched(let counter, let organizationID):
            guard !context.isRehearsal, let store = stores.oneTimePasswords else { return }
            do {
                guard try store.use(userName: user, organizationID: organizationID, counter: counter) else {
                    return context.decide(.reject(.oneTimePasswordUsed))
                }
                state.succeeded(user)
            } catch {
                context.decide(.fail(error))
            }
        }
    }
}
