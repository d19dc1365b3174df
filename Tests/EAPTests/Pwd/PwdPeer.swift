import Digests

@testable import EAP

/// The peer's side of EAP-pwd with faults on demand. Its point comes from a hunt of its own, written after RFC 5931 §2.8.3.1.
final class PwdPeer {
    let identity: [UInt8]
    private let password: String
    private let group: PwdGroup
    private let curve: PwdCurve
    private let fragmentSize: Int
    private var suite: [UInt8] = []
    private var token: [UInt8] = []
    private var serverIdentity: [UInt8] = []
    private var commitment: PwdCurve.Commitment?
    private var expectedConfirm: [UInt8] = []
    private var confirm: [UInt8] = []
    private var secret: [UInt8] = []
    private var serverScalar: [UInt8] = []
    private var incoming: [UInt8] = []
    private var outgoing: ArraySlice<UInt8> = []

    private(set) var preparation: UInt8 = 255
    private(set) var salt: [UInt8] = []
    private(set) var keys: EAPKeys?
    /// Whole requests seen.
    private(set) var requests = 0
    var attack: PwdMethodTests.Attack?
    var reflectsConfirm = false

    init(_ group: PwdGroup, identity: String, password: String, fragmentSize: Int = 1024) throws {
        self.group = group
        self.identity = Array(identity.utf8)
        self.password = password
        self.fragmentSize = fragmentSize
        guard let curve = PwdCurve(group) else { throw EAPFailure.unexpected("curve") }
        self.curve = curve
    }

    func answer(_ data: [UInt8]) throws -> [UInt8] {
        let exchange = data[0] & 0x3f
        if !outgoing.isEmpty {
            guard data == [exchange] else { throw EAPFailure.unexpected("acknowledgement") }
            return fragment(exchange)
        }
        incoming += data.dropFirst(data[0] & 0x80 != 0 ? 3 : 1)
        if data[0] & 0x40 != 0 { return [exchange] }
        let message = incoming
        incoming = []
        requests += 1
        let reply =
            switch exchange {
            case 1: id(message)
            case 2: try commit(message)
            default: try confirm(message)
            }
        let sent = attack == .otherExchange && exchange == 2 ? 3 : exchange
        guard reply.count + 1 > fragmentSize else { return [sent] + reply }
        outgoing = reply[...]
        let first = outgoing.prefix(fragmentSize)
        outgoing = outgoing.dropFirst(fragmentSize)
        return [0xc0 | sent, UInt8(reply.count >> 8), UInt8(reply.count & 0xff)] + first
    }

    private func fragment(_ exchange: UInt8) -> [UInt8] {
        let part = outgoing.prefix(fragmentSize)
        outgoing = outgoing.dropFirst(fragmentSize)
        return [(outgoing.isEmpty ? 0 : 0x40) | exchange] + part
    }

    private func id(_ message: [UInt8]) -> [UInt8] {
        suite = Array(message[0..<4])
        token = Array(message[4..<8])
        preparation = message[8]
        serverIdentity = Array(message[9...])
        var reply = Array(message[0..<9]) + identity
        if attack == .otherSuite { reply[1] ^= 1 }
        if attack == .otherToken { reply[5] ^= 1 }
        return reply
    }

    private var prepared: [UInt8] {
        let clear = Array(password.utf8)
        switch preparation {
        case 1: return NTHash.hashOfHash(NTHash.hash(password: password))
        case 3: return DigestAlgorithm.sha1.hash(clear + salt)
        case 4: return DigestAlgorithm.sha256.hash(clear + salt)
        case 5: return DigestAlgorithm.sha512.hash(clear + salt)
        default: return clear
        }
    }

    private func commit(_ message: [UInt8]) throws -> [UInt8] {
        var rest = message[...]
        if preparation >= 3 {
            salt = Array(rest.dropFirst().prefix(Int(rest[0])))
            rest = rest.dropFirst(1 + salt.count)
        }
        let length = curve.length
        let serverElement = Array(rest.prefix(2 * length))
        serverScalar = Array(rest.suffix(length))
        guard rest.count == 3 * length, let element = hunt(), let commitment = curve.commitment(to: element),
            let secret = curve.sharedSecret(
                commitment.secret, passwordElement: element, peerScalar: serverScalar, peerElement: serverElement)
        else { throw EAPFailure.proof("commit") }
        self.commitment = commitment
        self.secret = secret
        let theirs = serverElement + serverScalar
        let ours = commitment.element + commitment.scalar
        expectedConfirm = PwdKeys.hash(secret + theirs + ours + suite)
        confirm = PwdKeys.hash(secret + ours + theirs + suite)
        let zeros = [UInt8](repeating: 0, count: length)
        switch attack {
        case .reflectsElement: return serverElement + commitment.scalar
        case .reflectsScalar: return commitment.element + serverScalar
        case .scalarZero: return commitment.element + zeros
        case .scalarOne: return commitment.element + zeros.dropLast() + [1]
        case .scalarOrder: return commitment.element + octets("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
        case .elementOffCurve: return commitment.element.dropLast() + [(commitment.element.last ?? 0) ^ 1] + commitment.scalar
        case .elementBeyondPrime: return [UInt8](repeating: 0xff, count: 2 * length) + commitment.scalar
        case .elementInfinity: return zeros + zeros + commitment.scalar
        case .shortCommit: return commitment.element + commitment.scalar.dropLast()
        case .otherSuite, .otherToken, .otherExchange, nil: return ours
        }
    }

    private func confirm(_ message: [UInt8]) throws -> [UInt8] {
        guard !reflectsConfirm else { return message }
        if message == expectedConfirm, let commitment {
            keys = PwdKeys.keys(
                sharedSecret: secret, suite: suite, peerScalar: commitment.scalar, serverScalar: serverScalar, peerConfirm: confirm,
                serverConfirm: message)
        }
        return confirm
    }

    /// Stops at the first candidate that is the x of a point, with the y whose lowest bit is the seed's.
    private func hunt() -> PwdPoint? {
        for counter in 1...255 as ClosedRange<UInt8> {
            let seed = PwdKeys.hash(token + identity + serverIdentity + prepared + [counter])
            var value = PwdKeys.derive(seed, label: Array("EAP-pwd Hunting And Pecking".utf8), bits: curve.primeBits)
            if group == .p521 {
                // 521 bits stand at the front of 66 octets.
                var carry: UInt8 = 0
                for index in value.indices {
                    let next = value[index] << 1
                    value[index] = value[index] >> 7 | carry
                    carry = next
                }
            }
            if let point = curve.compressed(value, isOdd: (seed.last ?? 0) & 1 == 1) { return point }
        }
        return nil
    }
}
