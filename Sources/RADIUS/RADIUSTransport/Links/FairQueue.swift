/// Waiting requests, each client's in order of arrival, the clients by turns. Bounded; overflow costs the client that has most waiting.
struct FairQueue {
    private struct Line {
        var requests: [ReceivedRequest?] = []
        var first = 0

        var count: Int { requests.count - first }

        mutating func removeFirst() -> ReceivedRequest? {
            guard first < requests.count else { return nil }
            let request = requests[first]
            requests[first] = nil
            first += 1
            // Moving the rest costs no more than what has been taken since the last time.
            if first > 64, first * 2 > requests.count {
                requests.removeFirst(first)
                first = 0
            }
            return request
        }
    }

    private let capacity: Int
    private var lines: [NASClient.Key: Line] = [:]
    /// Clients with waiting requests; the next to be served first.
    private var turns: [NASClient.Key] = []
    private var turn = 0
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// - Returns: the request that had to give way: the oldest of the longest line.
    mutating func append(_ request: ReceivedRequest) -> ReceivedRequest? {
        let key = request.client.key
        if lines[key] == nil {
            lines[key] = Line()
            turns.append(key)
        }
        lines[key]?.requests.append(request)
        count += 1
        guard count > capacity else { return nil }
        count -= 1
        // Usually the one who overflows the queue is the one who fills it; only else is the longest line looked for.
        let isGreedy = (lines[key]?.count ?? 0) > 1 + capacity / lines.count
        guard let victim = isGreedy ? key : lines.max(by: { $0.value.count < $1.value.count })?.key else { return nil }
        return removeFirst(of: victim)
    }

    /// Takes up to `limit` requests, one of each client in turn.
    mutating func take(_ limit: Int) -> [ReceivedRequest] {
        var taken: [ReceivedRequest] = []
        taken.reserveCapacity(min(limit, count))
        while taken.count < limit, !turns.isEmpty {
            turn %= turns.count
            let key = turns[turn]
            guard let request = removeFirst(of: key) else { break }
            taken.append(request)
            count -= 1
            // Where the line ended, the next client has moved into its place.
            if turns.indices.contains(turn), turns[turn] == key { turn += 1 }
        }
        return taken
    }

    private mutating func removeFirst(of key: NASClient.Key) -> ReceivedRequest? {
        let request = lines[key]?.removeFirst()
        if lines[key]?.count == 0 {
            lines[key] = nil
            turns.removeAll { $0 == key }
        }
        return request
    }
}
