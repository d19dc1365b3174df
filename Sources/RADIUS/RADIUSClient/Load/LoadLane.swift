import CUDP
import Digests

/// One source socket, or one to each server, with the requests under way on it, one to an identifier.
///
/// Identifiers are used in the order in which they became free, so that each rests as long as possible.
struct LoadLane: Sendable {
    struct Request {
        /// Of the identifier's last requests, by serial number: replies to those that were given up may still come, out of a long queue
        /// when the identifier has served again and again.
        private var recent = InlineArray<8, MD5Digest>(repeating: MD5Digest(low: 0, high: 0))
        /// When the request was sent, or due in an open loop.
        var since: UInt64 = 0
        var session = 0
        /// Tells a deadline whether its request is still the one with this identifier.
        var serial: UInt32 = 0
        var attempts = 0
        var isUnderWay = false
        /// Empty unless it may be sent again.
        var packet: [UInt8] = []

        var authenticator: MD5Digest { recent[Int(serial % 8)] }

        mutating func renew(_ authenticator: MD5Digest) {
            serial &+= 1
            recent[Int(serial % 8)] = authenticator
        }

        /// Whether a request before this one has this property.
        func hasEarlier(where matches: (MD5Digest) -> Bool) -> Bool {
            (1..<min(8, max(1, serial))).contains { matches(recent[Int((serial - $0) % 8)]) }
        }
    }

    /// What a datagram is to this lane.
    enum Match {
        case reply
        /// Valid, but its request is over.
        case late
        case badAuthenticator
        /// No packet at all, or for an identifier never used.
        case unexpected
    }

    /// Attempts of a request go to these in turn.
    let sockets: [DatagramSocket]
    /// Requests that may be under way in a closed loop.
    let window: Int
    private(set) var requests = [Request](repeating: Request(), count: 256)
    private(set) var underWay = 0
    private var free: [UInt8] = Array(0...255)
    private var firstFree: UInt8 = 0

    init(sockets: [DatagramSocket], window: Int) {
        self.sockets = sockets
        self.window = window
    }

    /// The identifier that the next request will have, or nil when all 256 are in use.
    var nextIdentifier: UInt8? { underWay < 256 ? free[Int(firstFree)] : nil }

    /// Takes ``nextIdentifier`` for a request.
    /// - Returns: the request's serial number.
    mutating func begin(_ written: LoadRequests.Written, since: UInt64, packet: [UInt8]) -> UInt32 {
        let index = Int(free[Int(firstFree)])
        firstFree &+= 1
        underWay += 1
        requests[index].renew(written.authenticator)
        requests[index].since = since
        requests[index].session = written.session
        requests[index].attempts = 1
        requests[index].isUnderWay = true
        if !packet.isEmpty { requests[index].packet = packet }
        return requests[index].serial
    }

    /// Sends a request once more, to the next server.
    mutating func sendAgain(_ identifier: UInt8) {
        let request = requests[Int(identifier)]
        // What is not sent now is as lost as a datagram on its way.
        try? sockets[request.attempts % sockets.count].send(request.packet)
        requests[Int(identifier)].attempts += 1
    }

    /// Frees the identifier of a request that is answered or given up.
    mutating func end(_ identifier: UInt8) {
        requests[Int(identifier)].isUnderWay = false
        free[Int(firstFree &- UInt8(truncatingIfNeeded: underWay))] = identifier
        underWay -= 1
    }

    /// Verifies the Response Authenticator of a datagram.
    func match(_ datagram: UnsafeRawBufferPointer, secret: UnsafeRawBufferPointer) -> Match {
        guard datagram.count >= 20 else { return .unexpected }
        let length = Int(datagram[2]) << 8 | Int(datagram[3])
        guard length >= 20, length <= datagram.count else { return .unexpected }
        let packet = UnsafeRawBufferPointer(rebasing: datagram[0..<length])
        let received = MD5Digest(loading: packet, at: 4)
        let request = requests[Int(packet[1])]
        guard request.serial > 0 else { return .unexpected }
        if responseAuthenticator(packet, request: request.authenticator, secret: secret) == received {
            return request.isUnderWay ? .reply : .late
        }
        let isLate = request.hasEarlier { responseAuthenticator(packet, request: $0, secret: secret) == received }
        return isLate ? .late : .badAuthenticator
    }
}
