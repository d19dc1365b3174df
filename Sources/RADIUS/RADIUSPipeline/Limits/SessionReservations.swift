import NIOConcurrencyHelpers

/// Logins that were accepted but have no session in the database yet.
///
/// Without them two logins before the first Accounting-Start would both pass Simultaneous-Use.
public protocol SessionReservations: Sendable {
    /// Takes a place for a login, in one step with counting.
    /// - Parameters:
    ///   - station: what tells the user's devices apart; a second login of the same station needs no second place.
    ///   - openStations: stations of the open sessions, without `station`; several sessions may share one text.
    ///   - limit: places of the user.
    ///   - now: seconds since 1970 UTC.
    ///   - isRehearsal: only count.
    /// - Returns: false when open sessions and reservations of other stations reach the limit.
    func reserve(user: String, station: String, openStations: [String], limit: Int, now: Double, isRehearsal: Bool) -> Bool

    /// Gives the place up: the session is in the database, or ended.
    func release(user: String, station: String)

    /// Whether nobody holds a place.
    var isEmpty: Bool { get }
}

/// Reservations of one process.
public final class MemoryReservations: SessionReservations {
    private struct Place {
        var user: String
        var station: String
        var expiry: Double
    }

    private struct State {
        /// Expiry by user and station.
        var users: [String: [String: Double]] = [:]
        /// All places in the order of their expiry; renewed and released ones stand here until their turn comes.
        var places: [Place] = []
        var firstPlace = 0
    }

    private let lifetime: Double
    private let capacity: Int
    private let state = NIOLockedValueBox(State())

    public init(lifetimeSeconds: Int, capacity: Int) {
        lifetime = Double(lifetimeSeconds)
        self.capacity = max(1, capacity)
    }

    public func reserve(user: String, station: String, openStations: [String], limit: Int, now: Double, isRehearsal: Bool) -> Bool {
        state.withLockedValue { state in
            forget(&state, until: now)
            let pending = pending(state, user: user, station: station, openStations: openStations)
            guard openStations.count + pending < limit else { return false }
            if !isRehearsal { take(&state, user: user, station: station, now: now) }
            return true
        }
    }

    /// Takes a place without a limit.
    /// - Returns: how many other stations hold a place and have no session yet.
    func join(user: String, station: String, openStations: [String], now: Double, isRehearsal: Bool) -> Int {
        state.withLockedValue { state in
            forget(&state, until: now)
            if !isRehearsal { take(&state, user: user, station: station, now: now) }
            return pending(state, user: user, station: station, openStations: openStations)
        }
    }

    private func pending(_ state: State, user: String, station: String, openStations: [String]) -> Int {
        state.users[user]?.keys.count { $0 != station && !openStations.contains($0) } ?? 0
    }

    private func take(_ state: inout State, user: String, station: String, now: Double) {
        state.users[user, default: [:]][station] = now + lifetime
        state.places.append(Place(user: user, station: station, expiry: now + lifetime))
    }

    public func release(user: String, station: String) {
        state.withLockedValue { state in
            state.users[user]?[station] = nil
            if state.users[user]?.isEmpty == true { state.users[user] = nil }
        }
    }

    public var isEmpty: Bool { state.withLockedValue { $0.users.isEmpty } }

    /// Places in the books, for tests and gauges.
    var count: Int { state.withLockedValue { $0.users.values.reduce(0) { $0 + $1.count } } }

    /// Drops what has expired, and the oldest beyond the capacity.
    private func forget(_ state: inout State, until now: Double) {
        while state.firstPlace < state.places.count {
            let place = state.places[state.firstPlace]
            guard place.expiry <= now || state.places.count - state.firstPlace >= capacity else { break }
            state.firstPlace += 1
            guard state.users[place.user]?[place.station] == place.expiry else { continue }
            state.users[place.user]?[place.station] = nil
            if state.users[place.user]?.isEmpty == true { state.users[place.user] = nil }
        }
        if state.firstPlace > 1024, state.firstPlace * 2 > state.places.count {
            state.places.removeFirst(state.firstPlace)
            state.firstPlace = 0
        }
    }
}
