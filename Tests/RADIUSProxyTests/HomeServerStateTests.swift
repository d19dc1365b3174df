import RADIUSProxy
import Testing

/// The state machine over a clock that only the test moves.
private struct Timeline {
    var state: HomeServerState
    let start = ContinuousClock.now
    var seconds = 0.0
    var actions: [HomeServerState.Action] = []

    init(checked: Bool, _ adjust: (inout HomeServerTimers) -> Void = { _ in }) {
        var timers = HomeServerTimers()
        adjust(&timers)
        state = HomeServerState(timers, isChecked: checked)
    }

    var now: ContinuousClock.Instant { start + .seconds(seconds) }

    /// Does what falls due on the way, at its very moment.
    mutating func pass(_ duration: Double) {
        let end = now + .seconds(duration)
        while let due = state.deadline, due <= end {
            seconds = (due - start) / .seconds(1)
            actions += state.advance(to: due)
        }
        seconds = (end - start) / .seconds(1)
    }

    mutating func timeout() { actions += state.timedOut(at: now) }
    mutating func reply() { actions += state.replied(at: now) }
    mutating func checkAnswer() { actions += state.checkAnswered(at: now) }

    mutating func take() -> [HomeServerState.Action] {
        defer { actions = [] }
        return actions
    }
}

@Suite struct HomeServerStateTests {
    @Test func oneTimeoutMakesASilentServerAZombieAndFortySecondsDead() {
        var line = Timeline(checked: false)
        line.timeout()
        #expect(line.take() == [.changed(from: .alive, to: .zombie)])
        line.pass(39.9)
        #expect(line.state.condition == .zombie)
        line.pass(0.2)
        #expect(line.take() == [.changed(from: .zombie, to: .dead)])
    }

    @Test func aServerThatAnsweredWithinAQuarterOfTheZombiePeriodIsNoZombie() {
        var line = Timeline(checked: false)
        line.reply()
        line.pass(9.9)
        line.timeout()
        #expect(line.take().isEmpty)
        line.pass(0.2)
        line.timeout()
        #expect(line.state.condition == .zombie)
    }

    @Test func severalTimeoutsInARowMayBeAskedFor() {
        var line = Timeline(checked: false) { $0.responseTimeouts = 3 }
        line.timeout()
        line.timeout()
        line.reply()
        line.pass(60)
        line.timeout()
        line.timeout()
        #expect(line.state.condition == .alive)
        line.timeout()
        #expect(line.state.condition == .zombie)
    }

    @Test func anyReplyRevivesAZombie() {
        var line = Timeline(checked: false)
        line.timeout()
        line.pass(30)
        line.reply()
        #expect(line.take() == [.changed(from: .alive, to: .zombie), .changed(from: .zombie, to: .alive)])
        line.pass(600)
        #expect(line.take().isEmpty)
        #expect(line.state.deadline == nil)
    }

    @Test func withoutChecksADeadServerIsBelievedAliveAfterTheReviveInterval() {
        var line = Timeline(checked: false)
        line.timeout()
        line.pass(40)
        #expect(line.state.condition == .dead)
        line.reply()
        #expect(line.state.condition == .dead, "one late reply proves nothing")
        line.pass(119.9)
        #expect(line.state.condition == .dead)
        line.pass(0.2)
        #expect(line.state.condition == .alive)
    }

    @Test func checksBeginAtOnceAndRepeatWhileAZombieIsSilent() {
        var line = Timeline(checked: true)
        line.timeout()
        #expect(line.take() == [.changed(from: .alive, to: .zombie), .check])
        line.pass(29.9)
        #expect(line.take().isEmpty)
        line.pass(0.2)
        #expect(line.take() == [.check])
        line.pass(10)
        #expect(line.take() == [.changed(from: .zombie, to: .dead)])
        line.pass(20)
        #expect(line.take() == [.check])
        line.pass(300)
        #expect(line.take() == [HomeServerState.Action](repeating: .check, count: 10))
        #expect(line.state.condition == .dead, "the revive interval is for servers without checks")
    }

    @Test func oneAnsweredCheckRevivesAZombie() {
        var line = Timeline(checked: true)
        line.timeout()
        line.pass(1)
        line.checkAnswer()
        #expect(line.state.condition == .alive)
        #expect(line.state.deadline == nil)
    }

    @Test func aDeadServerHasToAnswerThreeChecksInARow() {
        var line = Timeline(checked: true)
        line.timeout()
        line.pass(40)
        #expect(line.state.condition == .dead)
        func answerNext() {
            _ = line.take()
            while !line.actions.contains(.check) { line.pass(1) }
            line.pass(0.5)
            line.checkAnswer()
        }
        answerNext()
        answerNext()
        _ = line.take()
        // The third stays without an answer: the count begins anew.
        while !line.actions.contains(.check) { line.pass(1) }
        line.pass(4.1)
        answerNext()
        answerNext()
        #expect(line.state.condition == .dead)
        answerNext()
        #expect(line.state.condition == .alive)
    }

    @Test func anAnswerAfterTheCheckTimeoutCountsNothing() {
        var line = Timeline(checked: true)
        line.timeout()
        line.pass(4.1)
        line.checkAnswer()
        #expect(line.state.condition == .zombie)
    }

    @Test func aBrokenConnectionIsTriedAgainAfterItsInterval() {
        var unchecked = Timeline(checked: false)
        unchecked.actions += unchecked.state.linkFailed(at: unchecked.now)
        #expect(unchecked.state.condition == .dead)
        unchecked.pass(30)
        #expect(unchecked.state.condition == .alive)
        var checked = Timeline(checked: true)
        checked.actions += checked.state.linkFailed(at: checked.now)
        _ = checked.take()
        checked.pass(30)
        #expect(checked.take() == [.check])
    }

    @Test func aBrokenConnectionThatAnswersAgainIsAlive() {
        var line = Timeline(checked: false)
        line.actions += line.state.linkFailed(at: line.now)
        #expect(line.state.isDisconnected)
        line.reply()
        #expect(line.state.condition == .alive && !line.state.isDisconnected)
    }

    @Test func anOperatorsWordHoldsUntilTakenBack() {
        var line = Timeline(checked: true)
        line.actions += line.state.setDown(true)
        line.timeout()
        line.reply()
        line.checkAnswer()
        line.pass(10_000)
        #expect(line.take() == [.changed(from: .alive, to: .down)])
        line.actions += line.state.setDown(false)
        #expect(line.state.condition == .alive)
    }

    /// Whatever happens in whatever order: the machine never stops having something to do while a server is neither alive nor switched off.
    @Test func noOrderOfEventsLeavesAServerBehind() {
        var random = SystemRandomNumberGenerator()
        for round in 0..<300 {
            var line = Timeline(checked: round % 2 == 0)
            for _ in 0..<200 {
                switch Int.random(in: 0..<7, using: &random) {
                case 0: line.timeout()
                case 1: line.reply()
                case 2: line.checkAnswer()
                case 3: line.actions += line.state.linkFailed(at: line.now)
                default: line.pass(Double.random(in: 0...50, using: &random))
                }
                if line.state.condition != .alive { #expect(line.state.deadline != nil) }
            }
        }
    }
}
