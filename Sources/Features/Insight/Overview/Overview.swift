import RADIUSPipeline
import WebRouting

/// What goes on now, and went on in the last minutes or hours. Times are seconds since 1970 UTC.
struct Overview: Sendable, Equatable {
    /// One step of the time that is shown.
    struct Step: Sendable, Equatable {
        var begin: Int64
        var accepts: Int64 = 0
        var rejects: Int64 = 0
        /// From users, octets.
        var input: Double = 0
        /// To users, octets.
        var output: Double = 0
    }

    /// A device that was not heard lately.
    struct SilentNAS: Sendable, Equatable {
        var id: Int64
        var name: String
        /// Nil when this server has not heard it since its start.
        var lastSeen: Int64?
    }

    var online = 0
    var onlineUsers = 0
    var userCount = 0
    /// All steps of the span, in order.
    var steps: [Step] = []
    /// Of this many seconds each.
    var stepSeconds: Int64 = 60
    /// Refusals by reason, the most frequent first.
    var reasons: [(code: String, count: Int64)] = []
    var nasCount = 0
    var silentNAS: [SilentNAS] = []

    static func == (left: Overview, right: Overview) -> Bool { left.json == right.json }
}

/// The time that an overview shows, cut into steps that begin at whole multiples of their length.
struct OverviewSpan: Sendable, Equatable {
    /// Seconds since 1970 UTC.
    let begin: Int64
    let stepSeconds: Int64
    let count: Int

    /// So many minutes up to now, in 72 steps at most.
    /// - Parameter now: seconds since 1970 UTC.
    init(minutes: Int64, now: Int64) {
        stepSeconds = minutes <= 72 ? 60 : minutes <= 360 ? 300 : 1200
        count = Int(max(1, (minutes * 60 + stepSeconds - 1) / stepSeconds))
        begin = (now / stepSeconds - Int64(count) + 1) * stepSeconds
    }

    /// The step that a moment lies in; moments outside count to the first or the last.
    func index(_ epoch: Int64) -> Int { max(0, min(count - 1, Int((epoch - begin) / stepSeconds))) }

    var steps: [Overview.Step] { (0..<count).map { Overview.Step(begin: begin + Int64($0) * stepSeconds) } }
}

extension Overview {
    static let schema: JSONSchema = .named(
        "Overview",
        .object([
            ("online", .integer), ("online_users", .integer), ("step", .integer), ("accepts_per_minute", .array(.array(.integer))),
            ("rejects_per_minute", .array(.array(.integer))),
            (
                "reject_reasons",
                .array(.object([("reason", .string), ("explanation", .nullable(.string)), ("count", .integer)]))
            ), ("traffic", .array(.array(.integer))),
            (
                "silent_nas",
                .array(.object([("id", .integer), ("name", .string), ("last_seen", .nullable(.dateTime))]))
            ), ("nas_count", .integer), ("user_count", .integer),
        ]))

    /// Series without anything in them are empty.
    var json: JSONValue {
        func series(_ isThere: (Step) -> Bool, _ values: (Step) -> [Int64]) -> JSONValue {
            guard steps.contains(where: isThere) else { return [] }
            return .array(steps.map { step in .array(([step.begin] + values(step)).map { .integer($0) }) })
        }
        return [
            "online": .integer(Int64(online)), "online_users": .integer(Int64(onlineUsers)), "step": .integer(stepSeconds),
            "accepts_per_minute": series({ $0.accepts > 0 }, { [$0.accepts] }),
            "rejects_per_minute": series({ $0.rejects > 0 }, { [$0.rejects] }),
            "reject_reasons": .array(
                reasons.map { reason in
                    [
                        "reason": .string(reason.code), "explanation": .optional(RejectReason(rawValue: reason.code)?.explanation),
                        "count": .integer(reason.count),
                    ]
                }),
            "traffic": series(
                { $0.input + $0.output >= 1 }, { [Self.whole($0.input), Self.whole($0.output)] }),
            "silent_nas": .array(
                silentNAS.map { nas in
                    ["id": .integer(nas.id), "name": .string(nas.name), "last_seen": .optional(nas.lastSeen.map(WebTime.text(seconds:)))]
                }), "nas_count": .integer(Int64(nasCount)), "user_count": .integer(Int64(userCount)),
        ]
    }

    /// Sums of a broken NAS's counters may be beyond what an integer holds.
    private static func whole(_ octets: Double) -> Int64 { Int64(max(0, min(octets.rounded(), 1e18))) }
}
