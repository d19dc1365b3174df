/// The accounting sessions of one generator thread: each begins with a Start, sends its Interim-Updates, ends with a Stop and is followed by
/// a new one of another user.
struct LoadSessions {
    struct Session {
        /// Distinguishes the sessions of this thread.
        var number: UInt64
        var user: Int
        /// Packets acknowledged so far: 0 before the Start.
        var stage: Int
        var isUnderWay = false
        /// When it began, seconds since 1970 UTC; known from its first request on.
        var began: UInt32 = 0

        /// How long it has lasted at its next request, as it says, seconds.
        var seconds: UInt32 { LoadSessions.interval &* UInt32(truncatingIfNeeded: stage) }
        /// When that request is said to happen, seconds since 1970 UTC.
        var happened: UInt32 { began &+ seconds }
    }

    enum Status: UInt32 {
        case start = 1
        case stop = 2
        case interimUpdate = 3
    }

    /// Seconds between a session's requests, as they tell it.
    private static let interval: UInt32 = 60

    private let stages: Int
    private let users: Int
    private var sessions: [Session] = []
    private var cursor = 0
    private var opened: UInt64 = 0

    /// - Parameters:
    ///   - count: open at a time, 1 or more.
    ///   - interimUpdates: of each session.
    ///   - users: names to draw from.
    init(count: Int, interimUpdates: Int, users: Int) {
        stages = interimUpdates + 2
        self.users = users
        for index in 0..<count {
            // Staggered: sessions of one age would send all their Starts together, then all their Stops.
            sessions.append(Session(number: UInt64(index), user: index % users, stage: index % stages))
        }
        opened = UInt64(count)
    }

    subscript(index: Int) -> Session { sessions[index] }

    func status(_ index: Int) -> Status {
        switch sessions[index].stage {
        case 0: .start
        case stages - 1: .stop
        default: .interimUpdate
        }
    }

    /// The next session that has no request under way, which it has from now on; nil when each has.
    mutating func next(at epoch: UInt32) -> Int? {
        for _ in sessions.indices {
            cursor = cursor + 1 == sessions.count ? 0 : cursor + 1
            if !sessions[cursor].isUnderWay {
                sessions[cursor].isUnderWay = true
                // As long ago as it will last, so that its clock agrees with its durations, as that of a NAS does.
                if sessions[cursor].began == 0 { sessions[cursor].began = epoch &- Self.interval &* UInt32(truncatingIfNeeded: stages - 1) }
                return cursor
            }
        }
        return nil
    }

    /// Ends the request of a session; an unanswered one is repeated later as a new request.
    mutating func release(_ index: Int, acknowledged: Bool) {
        sessions[index].isUnderWay = false
        guard acknowledged else { return }
        sessions[index].stage += 1
        if sessions[index].stage == stages {
            sessions[index] = Session(number: opened, user: Int(opened % UInt64(users)), stage: 0)
            opened += 1
        }
    }
}
