import Digests
import Glibc
import RADIUSWire

/// What one generator thread sends: users drawn at random or in order, or accounting sessions in turn.
struct LoadRequests: Sendable {
    /// A request as written, and what its reply needs.
    struct Written {
        let count: Int
        let authenticator: MD5Digest
        /// Index into the accounting sessions; 0 for authentication.
        let session: Int
    }

    private let kind: LoadSettings.Kind
    private let users: LoadUsers
    private let secret: [UInt8]
    private let hmac: HMACMD5?
    private let sessionPrefix: UInt64
    private var sessions: LoadSessions
    private var random: FastRandom
    private var proofs: LoadMSCHAPv2
    /// In order: the next user; nil where they are drawn.
    private var nextUser: Int?

    /// - Parameter thread: of the run's threads, from 0 on.
    init(_ settings: LoadSettings, thread: Int = 0) {
        kind = settings.kind
        users = settings.users
        secret = settings.secret.bytes
        hmac = settings.messageAuthenticator ? HMACMD5(key: settings.secret.bytes) : nil
        sessions = LoadSessions(
            count: kind == .accounting ? settings.sessionsPerThread : 0, interimUpdates: settings.interimUpdates, users: users.count)
        var generator = SystemRandomNumberGenerator()
        random = FastRandom(seed: generator.next())
        sessionPrefix = generator.next() << 32
        proofs = LoadMSCHAPv2(users: kind == .mschapv2 ? users.count : 0)
        nextUser = settings.usersInOrder ? users.count * thread / settings.threads : nil
    }

    /// Writes the next request.
    /// - Parameter buffer: 1024 octets or more.
    /// - Returns: nil when every accounting session has a request under way.
    mutating func write(_ buffer: UnsafeMutableRawBufferPointer, identifier: UInt8) -> Written? {
        guard kind == .accounting else { return writeAccess(buffer, identifier: identifier) }
        guard let session = sessions.next(at: UInt32(truncatingIfNeeded: time(nil))) else { return nil }
        return writeAccounting(buffer, identifier: identifier, session: session)
    }

    /// Ends a request of ``write(_:identifier:)``.
    mutating func release(session: Int, acknowledged: Bool) {
        if kind == .accounting { sessions.release(session, acknowledged: acknowledged) }
    }

    private mutating func chooseUser() -> Int {
        guard let user = nextUser else { return random.below(users.count) }
        nextUser = user + 1 == users.count ? 0 : user + 1
        return user
    }

    /// Acct-Session-Id of an accounting session.
    func sessionID(_ index: Int) -> String {
        let digits = String(hexadecimalID(sessions[index]), radix: 16)
        return "S" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// What a ledger remembers of the request that a session has under way.
    func ledgerEntry(_ index: Int) -> (id: String, request: LoadLedger.Request, userName: String) {
        let session = sessions[index]
        let amount = Amount(stage: session.stage)
        let kind: LoadLedger.Kind =
            switch sessions.status(index) {
            case .start: .start
            case .interimUpdate: .interim
            case .stop: .stop
            }
        let request = LoadLedger.Request(
            kind: kind, epoch: Int64(session.happened), seconds: Int64(session.seconds), inputOctets: Int64(amount.inputOctets),
            outputOctets: Int64(amount.outputOctets))
        return (sessionID(index), request, users.name(session.user))
    }

    private func hexadecimalID(_ session: LoadSessions.Session) -> UInt64 { sessionPrefix | session.number & 0xffff_ffff }

    private mutating func writeAccess(_ buffer: UnsafeMutableRawBufferPointer, identifier: UInt8) -> Written {
        let user = chooseUser()
        let authenticator = MD5Digest(low: random.next(), high: random.next())
        var writer = RequestWriter(buffer, code: .accessRequest, identifier: identifier, signed: hmac != nil)
        users.withUser(user) { name, password in
            writer.append(1, name)
            switch kind {
            case .chap: writer.appendCHAP(password, identifier: identifier, challenge: authenticator)
            case .mschapv2: break
            case .pap, .accounting:
                secret.withUnsafeBytes { writer.appendPassword(password, secret: $0, authenticator: authenticator) }
            }
        }
        if kind == .mschapv2 { proofs.append(to: &writer, user: user, of: users, identifier: identifier) }
        appendPlace(&writer, user: user)
        writer.finish(authenticator: authenticator, hmac: hmac)
        return Written(count: writer.count, authenticator: authenticator, session: 0)
    }

    private func writeAccounting(_ buffer: UnsafeMutableRawBufferPointer, identifier: UInt8, session index: Int) -> Written {
        let session = sessions[index]
        let (status, amount) = (sessions.status(index), Amount(stage: session.stage))
        var writer = RequestWriter(buffer, code: .accountingRequest, identifier: identifier)
        writer.append(40, integer: status.rawValue)
        writer.append(44, prefix: UInt8(ascii: "S"), hexadecimal: hexadecimalID(session), digits: 16)
        users.withUser(session.user) { name, _ in writer.append(1, name) }
        appendPlace(&writer, user: session.user)
        writer.append(8, integer: 0x0a00_0000 | UInt32(truncatingIfNeeded: session.user) & 0xff_ffff)  // Framed-IP-Address
        writer.append(45, integer: 1)  // Acct-Authentic = RADIUS
        writer.append(55, integer: session.happened)  // Event-Timestamp
        if status != .start {
            writer.append(46, integer: session.seconds)  // Acct-Session-Time
            writer.append(42, integer: amount.inputOctets)  // Acct-Input-Octets
            writer.append(43, integer: amount.outputOctets)  // Acct-Output-Octets
            writer.append(47, integer: amount.inputOctets / 500)  // Acct-Input-Packets
            writer.append(48, integer: amount.outputOctets / 1125)  // Acct-Output-Packets
        }
        if status == .stop { writer.append(49, integer: 1) }  // Acct-Terminate-Cause = User-Request
        let authenticator = secret.withUnsafeBytes { writer.finishAccounting(secret: $0) }
        return Written(count: writer.count, authenticator: authenticator, session: index)
    }

    /// What a wireless NAS says about a port and its user: NAS-IP-Address, NAS-Port, Service-Type, NAS-Port-Type, Calling-Station-Id.
    private func appendPlace(_ writer: inout RequestWriter, user: Int) {
        writer.append(4, integer: 0x7f00_0001)
        writer.append(5, integer: UInt32(truncatingIfNeeded: user))
        writer.append(6, integer: 2)
        writer.append(61, integer: 19)
        writer.append(31, prefix: UInt8(ascii: "0"), hexadecimal: 0x200_0000_0000 | UInt64(user) & 0xffff_ffff, digits: 11)
    }
}

/// What a session has used, by the packets that it has sent.
private struct Amount {
    let inputOctets: UInt32
    let outputOctets: UInt32

    init(stage: Int) {
        let stage = UInt32(truncatingIfNeeded: stage)
        (inputOctets, outputOctets) = (1_000_000 &* stage, 9_000_000 &* stage)
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014). Request Authenticators here need to differ, not to be secret.
private struct FastRandom {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }
}
