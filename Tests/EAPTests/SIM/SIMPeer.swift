import Digests

@testable import EAP

/// A card and its supplicant, which does what a test tells it to do wrong.
final class SIMPeer {
    let variant: SIMVariant
    let card: Milenage
    let imsi: String
    var permanentIdentity: [UInt8]
    var pseudonym: [UInt8]?
    var reauthenticationIdentity: [UInt8]?
    /// Highest sequence number the card has seen.
    var sequence: UInt64 = 0
    var counter: UInt16 = 0
    var keys: SIMKeys?
    var identity: [UInt8] = []
    var exported: (msk: [UInt8], emsk: [UInt8])?
    var lastMessage: SIMMessage?
    var notifications: [UInt16] = []
    /// Attributes of identity requests in order.
    var asked: [SIMAttribute] = []
    var transcript: [UInt8] = []

    var breaksMAC = false
    var breaksResponse = false
    var breaksCheckcode = false
    var wantsResultIndication = false
    var claimsCounterTooSmall = false
    var choosesKDF: UInt16?
    private let nonceMT = [UInt8](0..<16)

    init(_ variant: SIMVariant, card: Milenage, imsi: String, realm: String = "") {
        self.variant = variant
        self.card = card
        self.imsi = imsi
        permanentIdentity = [variant.prefixes.permanent] + Array((imsi + realm).utf8)
        identity = permanentIdentity
    }

    /// The response to a request.
    func answer(_ request: EAPPacket) throws -> [UInt8] {
        let message = try SIMMessage(request.data)
        lastMessage = message
        switch message.subtype {
        case .start, .identity: return identify(message, request)
        case .simChallenge, .akaChallenge: return respond(message, request)
        case .reauthentication: return reauthenticate(message, request)
        case .notification:
            notifications.append(message.number(.notification) ?? 0)
            let reply = SIMRequest(.notification)
            return message[.mac] == nil ? response(reply, request) : signed(reply, request)
        default: throw EAPFailure.unexpected("\(message.subtype)")
        }
    }

    private func identify(_ message: SIMMessage, _ request: EAPPacket) -> [UInt8] {
        var reply = SIMRequest(message.subtype)
        var isReauthentication = false
        for attribute in [SIMAttribute.anyIDRequest, .fullAuthenticationIDRequest, .permanentIDRequest] where message[attribute] != nil {
            asked.append(attribute)
            switch attribute {
            case .anyIDRequest: identity = reauthenticationIdentity ?? pseudonym ?? permanentIdentity
            case .fullAuthenticationIDRequest: identity = pseudonym ?? permanentIdentity
            default: identity = permanentIdentity
            }
            isReauthentication = identity == reauthenticationIdentity
            reply.add(.identity, counted: identity)
        }
        if variant == .sim, !isReauthentication {
            reply.add(.nonceMT, fixed: nonceMT)
            reply.add(.selectedVersion, number: 1)
        }
        let packet = response(reply, request)
        if variant != .sim { transcript += request.bytes + packet }
        return packet
    }

    private func respond(_ message: SIMMessage, _ request: EAPPacket) -> [UInt8] {
        guard let rands = message[.rand]?.dropFirst(2).map({ $0 }) else { return [] }
        if variant == .sim {
            let triplets = stride(from: 0, to: rands.count, by: 16).map { card.triplet(rand: Array(rands[$0..<$0 + 16])) }
            let keys = SIMKeys.sim(
                identity: identity, kc: triplets.map(\.kc), nonceMT: nonceMT, versionList: [0, 1], selectedVersion: [0, 1])
            adopt(keys, message)
            let reply = SIMRequest(.simChallenge)
            return signed(reply, request, suffix: triplets.flatMap(\.sres))
        }
        guard let autn = message.fixed(.autn, 16) else { return [] }
        let (res, ck, ik, ak, akStar) = card.response(rand: rands)
        let sqn = zip(autn, ak).map { $0 ^ $1 }
        guard card.authenticationCodes(rand: rands, sqn: sqn, amf: Array(autn[6..<8])).macA == Array(autn[8...]) else {
            return response(SIMRequest(.authenticationReject), request)
        }
        let number = sqn.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard number > sequence else {
            let own = (0..<6).map { UInt8(truncatingIfNeeded: sequence >> UInt64(40 - 8 * $0)) }
            var reply = SIMRequest(.synchronizationFailure)
            reply.add(
                .auts, zip(own, akStar).map { $0 ^ $1 } + card.authenticationCodes(rand: rands, sqn: own, amf: [0, 0]).macS)
            return response(reply, request)
        }
        sequence = number
        var vector = AKAQuintuplet(rand: rands, autn: autn, xres: res, ck: ck, ik: ik)
        if variant == .akaPrime {
            guard message.number(.kdf) == 1, let name = message.counted(.kdfInput) else { return [] }
            vector = vector.bound(to: name)
        }
        adopt(
            variant == .aka
                ? .aka(identity: identity, ik: vector.ik, ck: vector.ck) : .akaPrime(identity: identity, ik: vector.ik, ck: vector.ck),
            message)
        var reply = SIMRequest(.akaChallenge)
        if let choosesKDF {
            reply.add(.kdf, number: choosesKDF)
            return response(reply, request)
        }
        if breaksResponse { vector.xres[0] ^= 1 }
        reply.add(.res, [0, UInt8(8 * res.count)] + vector.xres)
        if message[.checkcode] != nil { reply.add(.checkcode, checkcode) }
        return signed(reply, request)
    }

    private func reauthenticate(_ message: SIMMessage, _ request: EAPPacket) -> [UInt8] {
        guard let keys, let content = message.decrypted(key: keys.encryption), let count = content.number(.counter),
            let nonceS = content.fixed(.nonceS, 16)
        else { return [] }
        var inner = SIMRequest(.reauthentication)
        if claimsCounterTooSmall || count <= counter { inner.add(.counterTooSmall) }
        inner.add(.counter, number: count)
        exported = keys.exported(variant, identity: identity, counter: count, nonceS: nonceS)
        counter = count
        reauthenticationIdentity = content.counted(.nextReauthenticationID)
        var reply = SIMRequest(.reauthentication)
        if message[.checkcode] != nil { reply.add(.checkcode, checkcode) }
        reply.add(encrypted: inner, key: keys.encryption, iv: [UInt8](repeating: 9, count: 16))
        return signed(reply, request, suffix: nonceS)
    }

    private func adopt(_ keys: SIMKeys, _ message: SIMMessage) {
        self.keys = keys
        counter = 0
        exported = (keys.msk, keys.emsk)
        guard let content = message.decrypted(key: keys.encryption) else { return }
        let realm = permanentIdentity.drop { $0 != UInt8(ascii: "@") }
        pseudonym = content.counted(.nextPseudonym).map { $0 + realm }
        reauthenticationIdentity = content.counted(.nextReauthenticationID)
    }

    private var checkcode: [UInt8] {
        guard !breaksCheckcode else { return [0, 0] + [UInt8](repeating: 1, count: 20) }
        guard !transcript.isEmpty else { return [0, 0] }
        return [0, 0] + (variant == .akaPrime ? DigestAlgorithm.sha256 : .sha1).hash(transcript)
    }

    private func response(_ reply: SIMRequest, _ request: EAPPacket) -> [UInt8] {
        EAPPacket(.response, identifier: request.identifier, type: variant.type, data: reply.data).bytes
    }

    /// Signs by hand: the packet with a MAC of zeros, then the MAC over it.
    private func signed(_ reply: SIMRequest, _ request: EAPPacket, suffix: [UInt8] = []) -> [UInt8] {
        var reply = reply
        if wantsResultIndication, lastMessage?[.resultIndication] != nil { reply.add(.resultIndication) }
        reply.add(.mac, fixed: [UInt8](repeating: 0, count: 16))
        let packet = response(reply, request)
        let hash: KeyedHash = variant == .akaPrime ? .sha256 : .sha1
        var mac = Array(hash.authenticate(packet + suffix, key: keys?.authentication ?? []).prefix(16))
        if breaksMAC { mac[3] ^= 1 }
        return packet.dropLast(16) + mac
    }
}
