import RADIUSWire

/// One socket of a link with its 256 identifiers.
struct OutgoingPort: Sendable {
    /// A request that waits for its reply.
    struct Pending: Sendable {
        let code: PacketCode
        /// As sent, to send again.
        let bytes: [UInt8]
        let completion: @Sendable (Result<OutgoingReply, OutgoingError>) -> Void

        var authenticator: Authenticator? { Authenticator(bytes[4..<20]) }
    }

    struct Slot: Sendable {
        /// Changes with each use, so that whoever held the identifier before does no harm.
        var serial: UInt64 = 0
        var isTaken = false
        var pending: Pending?
        /// Of the request before, to know its late reply by.
        var last: Authenticator?
    }

    /// One use of an identifier.
    struct Ticket: Sendable {
        let port: Int
        let identifier: UInt8
        let serial: UInt64
    }

    let socket: UDPSocket
    /// The receiver's.
    let token: UInt64
    private(set) var slots = [Slot](repeating: Slot(), count: 256)
    /// Free identifiers in the order of their release, as a ring: the one unused for longest goes next.
    private var free = (0...255).map { UInt8($0) }
    private var firstFree = 0
    private(set) var freeCount = 256

    init(socket: UDPSocket, token: UInt64) {
        self.socket = socket
        self.token = token
    }

    var isFull: Bool { freeCount == 0 }

    /// Takes a free identifier; there must be one.
    mutating func reserve(_ port: Int) -> Ticket {
        let identifier = free[firstFree]
        firstFree = (firstFree + 1) & 255
        freeCount -= 1
        slots[Int(identifier)].serial += 1
        slots[Int(identifier)].isTaken = true
        return Ticket(port: port, identifier: identifier, serial: slots[Int(identifier)].serial)
    }

    mutating func start(_ ticket: Ticket, _ pending: Pending) { slots[Int(ticket.identifier)].pending = pending }

    /// The request of a ticket while it waits.
    func pending(_ ticket: Ticket) -> Pending? {
        let slot = slots[Int(ticket.identifier)]
        return slot.serial == ticket.serial ? slot.pending : nil
    }

    /// Frees an identifier.
    /// - Returns: false where this use of it has ended before.
    mutating func finish(_ identifier: UInt8, serial: UInt64) -> Bool {
        let index = Int(identifier)
        guard slots[index].isTaken, slots[index].serial == serial else { return false }
        slots[index].isTaken = false
        slots[index].last = slots[index].pending?.authenticator ?? slots[index].last
        slots[index].pending = nil
        free[(firstFree + freeCount) & 255] = identifier
        freeCount += 1
        return true
    }
}
