import Digests

/// The peer of EAP-MSCHAPv2 whose password has expired and who has chosen a new one.
public struct PasswordChangePeer {
    public var name: String
    public var old: String
    public var new: String

    public init(name: String = "bob", old: String = "hello", new: String) {
        self.name = name
        self.old = old
        self.new = new
    }

    /// Type-data of the response to a challenge's type-data, with the old password.
    public func response(_ challenge: [UInt8], peerChallenge: [UInt8] = [UInt8](repeating: 8, count: 16)) -> [UInt8] {
        let response = MSCHAP.ntResponse(
            authenticatorChallenge: Array(challenge[5..<21]), peerChallenge: peerChallenge, userName: Array(name.utf8),
            ntHash: NTHash.hash(password: old))
        let head: [UInt8] = [2, challenge[1], 0, UInt8(54 + name.utf8.count), 49]
        return head + peerChallenge + [UInt8](repeating: 0, count: 8) + response + [0] + name.utf8
    }

    /// Type-data of the operation 7.
    /// - Parameters:
    ///   - refusal: type-data of the server's Failure, whose `C=` is the challenge.
    public func change(_ refusal: [UInt8], peerChallenge: [UInt8] = [UInt8](repeating: 9, count: 16)) -> [UInt8] {
        let text = String(decoding: refusal.dropFirst(4), as: UTF8.self)
        let digits = text.firstMatch(of: /C=([0-9A-F]{32})/).map { String($0.1) } ?? ""
        let challenge = Hexadecimal.decode(digits.utf8) ?? []
        let (oldHash, newHash) = (NTHash.hash(password: old), NTHash.hash(password: new))
        let response = MSCHAP.ntResponse(
            authenticatorChallenge: challenge, peerChallenge: peerChallenge, userName: Array(name.utf8), ntHash: newHash)
        let encryptedHash =
            MSCHAP.challengeResponse(challenge: Array(oldHash[..<8]), hash: newHash)[..<8]
            + MSCHAP.challengeResponse(challenge: Array(oldHash[8...]), hash: newHash)[8..<16]
        let unicode = new.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        let clear = [UInt8](repeating: 7, count: 512 - unicode.count) + unicode + [UInt8(unicode.count), 0, 0, 0]
        let head: [UInt8] = [7, refusal[1] &+ 1, 2, 74]
        return head + Self.rc4(clear, key: oldHash) + encryptedHash + peerChallenge + [UInt8](repeating: 0, count: 8) + response + [0, 0]
    }

    private static func rc4(_ data: [UInt8], key: [UInt8]) -> [UInt8] {
        var state = (0...255).map { UInt8($0) }
        var j: UInt8 = 0
        for i in 0..<256 {
            j = j &+ state[i] &+ key[i % key.count]
            state.swapAt(i, Int(j))
        }
        var i: UInt8 = 0
        j = 0
        return data.map { octet in
            i = i &+ 1
            j = j &+ state[Int(i)]
            state.swapAt(Int(i), Int(j))
            return octet ^ state[Int(state[Int(i)] &+ state[Int(j)])]
        }
    }
}
