import ServicePlans
import Sessions
import Testing

@testable import SessionActions

@Suite struct SessionActionInboxTests {
    private func event(_ number: Int) -> SessionActionRequested {
        SessionActionRequested(uniqueID: "\(number)", action: .disconnect, reason: "test")
    }

    @Test func eventsKeepTheirOrderEvenWhenPutBack() {
        let inbox = SessionActionInbox(capacity: 10)
        for number in 1...3 { inbox.append(event(number)) }
        let taken = inbox.take()
        #expect(taken.map(\.uniqueID) == ["1", "2", "3"])
        inbox.append(event(4))
        inbox.putBack(taken.dropFirst())
        #expect(inbox.take().map(\.uniqueID) == ["2", "3", "4"])
        #expect(inbox.take().isEmpty)
    }

    @Test func aFullInboxLosesTheOldest() {
        let inbox = SessionActionInbox(capacity: 3)
        for number in 1...5 { inbox.append(event(number)) }
        #expect(inbox.take().map(\.uniqueID) == ["3", "4", "5"])
        for number in 6...8 { inbox.append(event(number)) }
        inbox.putBack([event(1), event(2)][...])
        #expect(inbox.take().map(\.uniqueID) == ["6", "7", "8"])
    }

    @Test func eventsBecomeOrders() {
        #expect(SessionActionOrder(event(1)).wish == .disconnect)
        let change = SessionActionRequested(uniqueID: "1", action: .change(PlanTerms(), orDisconnect: true), reason: "quota.exhausted")
        #expect(
            SessionActionOrder(change)
                == SessionActionOrder(
                    sessionID: "1", wish: .change(PlanTerms(), orDisconnect: true), reason: "quota.exhausted", requestedBy: "rule"))
    }
}
