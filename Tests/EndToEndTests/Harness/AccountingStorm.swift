import Foundation
import RADIUSClient
import RADIUSDictionary
import RADIUSWire

/// Many sessions side by side, each sending Start, Interim-Update and Stop one after another, that remember what was acknowledged.
///
/// `@unchecked Sendable`: `condition` guards every stored variable that changes.
final class AccountingStorm: @unchecked Sendable {
    /// What the server has acknowledged of a session.
    struct Session: Sendable {
        let id: String
        /// Acct-Input-Octets of the last acknowledged packet.
        var octets: Int64 = 0
        var isStopped = false
    }

    private let condition = NSCondition()
    private var sessions: [String: Session] = [:]
    private var acknowledged = 0
    private var unanswered = 0
    private var running: Int
    private var isEnding = false

    /// Starts the senders.
    /// - Parameters:
    ///   - client: waits shortly for each reply; sends no packet twice, since each counts.
    ///   - senders: threads, each with one packet under way.
    init(_ client: Exchange, senders: Int) {
        running = senders
        for sender in 0..<senders {
            Thread.detachNewThread { [self] in
                var number = 0
                while !ending {
                    send(client, "storm-\(sender)-\(number)")
                    number += 1
                }
                condition.withLock {
                    running -= 1
                    condition.broadcast()
                }
            }
        }
    }

    private var ending: Bool { condition.withLock { isEnding } }

    private func send(_ client: Exchange, _ id: String) {
        for (stage, status) in [Exchange.AccountingStatus.start, .interimUpdate, .stop].enumerated() {
            // A NAS repeats what is not answered.
            while (try? client.account(status, attributes: Self.attributes(id, octets: 1000 * stage))) == nil {
                if ending { return }
                condition.withLock {
                    unanswered += 1
                    condition.broadcast()
                }
            }
            condition.withLock {
                sessions[id] = Session(id: id, octets: Int64(1000 * stage), isStopped: status == .stop)
                acknowledged += 1
                condition.broadcast()
            }
        }
    }

    private static func attributes(_ id: String, octets: Int) throws -> [Attribute] {
        try [
            "User-Name = storm", "Acct-Session-Id = \(id)", "NAS-IP-Address = 192.0.2.1", "Calling-Station-Id = 00-11-22-33-44-55",
            "Acct-Input-Octets = \(octets)", "Acct-Session-Time = \(octets / 1000)",
        ].map { try Attribute($0) }
    }

    /// Packets acknowledged so far.
    var acknowledgedCount: Int { condition.withLock { acknowledged } }

    /// Waits until so many more packets than now are acknowledged.
    func waitForAcknowledgements(_ count: Int, seconds: Double = 20) throws {
        try wait("\(count) acknowledgements", seconds) { [self, goal = acknowledgedCount + count] in acknowledged >= goal }
    }

    /// Waits until so many more packets than now have found no answer.
    func waitForSilence(_ count: Int, seconds: Double = 20) throws {
        try wait("\(count) unanswered packets", seconds) { [self, goal = condition.withLock { unanswered } + count] in unanswered >= goal }
    }

    /// Ends the senders.
    /// - Returns: the sessions of which a packet was acknowledged.
    func end() throws -> [Session] {
        condition.withLock { isEnding = true }
        try wait("the senders' end", 30) { [self] in running == 0 }
        return condition.withLock { Array(sessions.values) }
    }

    private func wait(_ what: String, _ seconds: Double, _ isReached: () -> Bool) throws {
        let deadline = Date(timeIntervalSinceNow: seconds)
        try condition.withLock {
            while !isReached() {
                guard condition.wait(until: deadline) else { throw TimedOut(description: "not within \(seconds) s: \(what)") }
            }
        }
    }
}
