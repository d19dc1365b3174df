import Testing

@testable import Digests

@Suite("MS-CHAP")
struct MSCHAPTests {
    /// RFC 2759 §9.2.
    private let userName = Array("User".utf8)
    private let authenticatorChallenge = hex("5b5d7c7d7b3f2f3e3c2c602132262628")
    private let peerChallenge = hex("21402324255e262a28295f2b3a337c7e")
    private let ntResponse = hex("82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df")
    private let ntHash = hex("44ebba8d5312b8d611474411f56989ae")

    @Test("version 2 answers as in RFC 2759 §9.2")
    func version2() {
        #expect(NTHash.hash(password: "clientPass") == ntHash)
        #expect(NTHash.hashOfHash(ntHash) == hex("41c00c584bd2d91c4017a2a12fa59f3f"))
        let challengeHash = MSCHAP.challengeHash(
            peerChallenge: peerChallenge, authenticatorChallenge: authenticatorChallenge, userName: userName)
        #expect(challengeHash == hex("d02e4386bce91226"))
        #expect(
            MSCHAP.ntResponse(
                authenticatorChallenge: authenticatorChallenge, peerChallenge: peerChallenge, userName: userName, ntHash: ntHash)
                == ntResponse)
        #expect(
            MSCHAP.authenticatorResponse(hashOfHash: NTHash.hashOfHash(ntHash), ntResponse: ntResponse, challengeHash: challengeHash)
                == "S=407A5589115FD0D6209F510FE9C04566932CDA56")
    }

    @Test("version 2 derives the keys of RFC 3079 §3.5")
    func version2Keys() {
        let hashOfHash = NTHash.hashOfHash(ntHash)
        #expect(MSCHAP.mppeMasterKey(hashOfHash: hashOfHash, ntResponse: ntResponse) == hex("fdece3717a8c838cb388e527ae3cdd31"))
        let keys = MSCHAP.mppeKeys(hashOfHash: hashOfHash, ntResponse: ntResponse)
        #expect(keys.serverSend == hex("8b7cdc149b993a1ba118cb153f56dccb"))
        #expect(keys.serverReceive == hex("d5f0e9521e3ea9589645e86051c82226"))
    }

    @Test("version 1 answers as in RFC 2433 §B")
    func version1() {
        let hash = NTHash.hash(password: "MyPw")
        #expect(hash == hex("fc156af7edcd6c0edde3337d427f4eac"))
        #expect(NTHash.hashOfHash(hash) == hex("874fb0693e18106a814481bc51cd7d37"))
        #expect(
            MSCHAP.challengeResponse(challenge: hex("102db5df085d3041"), hash: hash)
                == hex("4e9d3c8f9cfd385d5bf4d3246791956ca4c351ab409a3d61"))
    }

    @Test("version 1's keys join half the LM hash and the hash of the NT hash")
    func version1Keys() {
        let lmHash = LMHash.hash(password: "hello")
        let hashOfHash = hex("41c00c584bd2d91c4017a2a12fa59f3f")
        #expect(MSCHAP.mschapV1Keys(lmHash: lmHash, ntHash: ntHash) == hex("fda95fbeca288d44") + hashOfHash)
        #expect(MSCHAP.mschapV1Keys(lmHash: nil, ntHash: ntHash) == hex("0000000000000000") + hashOfHash)
    }

    @Test("arguments of wrong length give a full-length result and no trap", arguments: [0, 1, 7, 8, 15, 17, 40])
    func lengths(_ count: Int) {
        let octets = [UInt8](repeating: 0xA5, count: count)
        #expect(MSCHAP.challengeResponse(challenge: octets, hash: octets).count == 24)
        #expect(MSCHAP.mschapV1Keys(lmHash: octets, ntHash: octets).count == 24)
        #expect(MSCHAP.mppeKeys(hashOfHash: NTHash.hashOfHash(octets), ntResponse: octets).serverSend.count == 16)
        #expect(
            MSCHAP.challengeHash(peerChallenge: octets, authenticatorChallenge: octets, userName: octets).count == 8)
        #expect(!MSCHAP.verifyOldHash(encryptedHash: octets, newNTHash: octets, oldNTHash: octets))
    }
}

@Suite("MS-CHAP password change")
struct MSCHAPPasswordChangeTests {
    private let oldHash = NTHash.hash(password: "clientPass")

    @Test("decrypts the new password", arguments: ["n", "newPässword😀", String(repeating: "x", count: 256)])
    func newPassword(_ password: String) {
        let encrypted = rc4(block(password), key: oldHash)
        #expect(MSCHAP.newPassword(encrypted: encrypted, oldNTHash: oldHash) == password)
        #expect(MSCHAP.newPassword(encrypted: encrypted, oldNTHash: NTHash.hash(password: "other")) == nil)
    }

    @Test("decrypts what an independent implementation encrypted")
    func knownEnd() {
        // The last 40 octets of the cipher text, computed with a Python RC4.
        let encrypted = rc4(block("newPässword😀"), key: oldHash)
        #expect(encrypted.suffix(40) == hex("f97fa669c631aea3cdc4eeebc0d8f73af6ec222cb62261df2dec5b7f7b18ab7fbc9dfb86a8343a7c")[...])
    }

    @Test("refuses what does not decrypt to a password")
    func refused() {
        for length in [1, 3, 513, 514, Int(UInt32.max)] {
            var clear = block("password")
            for index in 0..<4 { clear[512 + index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
            #expect(MSCHAP.newPassword(encrypted: rc4(clear, key: oldHash), oldNTHash: oldHash) == nil, "length \(length)")
        }
        // A high surrogate alone is no text.
        var clear = block("password")
        clear.replaceSubrange(496..<498, with: [0x00, 0xD8])
        #expect(MSCHAP.newPassword(encrypted: rc4(clear, key: oldHash), oldNTHash: oldHash) == nil)
        var empty = block("password")
        for index in 512..<516 { empty[index] = 0 }
        #expect(MSCHAP.newPassword(encrypted: rc4(empty, key: oldHash), oldNTHash: oldHash)?.isEmpty == true)
        let encrypted = rc4(block("password"), key: oldHash)
        #expect(MSCHAP.newPassword(encrypted: [], oldNTHash: oldHash) == nil)
        #expect(MSCHAP.newPassword(encrypted: encrypted.dropLast(), oldNTHash: oldHash) == nil)
        #expect(MSCHAP.newPassword(encrypted: encrypted, oldNTHash: []) == nil)
    }

    @Test("verifies the old hash under the new one, computed with openssl enc -des-ecb")
    func knowledgeOfTheOldPassword() {
        let newHash = NTHash.hash(password: "newPässword😀")
        #expect(newHash == hex("6e393a46808cbcbd4bb51c065bf9f0b4"))
        let encrypted = hex("3587adb239f5e63062df0f2c1b978b3d")
        #expect(MSCHAP.verifyOldHash(encryptedHash: encrypted, newNTHash: newHash, oldNTHash: oldHash))
        #expect(!MSCHAP.verifyOldHash(encryptedHash: encrypted, newNTHash: oldHash, oldNTHash: oldHash))
        #expect(!MSCHAP.verifyOldHash(encryptedHash: encrypted, newNTHash: newHash, oldNTHash: newHash))
        #expect(!MSCHAP.verifyOldHash(encryptedHash: encrypted.dropLast(), newNTHash: newHash, oldNTHash: oldHash))
    }

    /// The clear block of RFC 2759 §8.10: filling, password, length.
    private func block(_ password: String) -> [UInt8] {
        let unicode = password.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        let filling = (0..<(512 - unicode.count)).map { UInt8(truncatingIfNeeded: $0 * 7 + 3) }
        return filling + unicode + (0..<4).map { UInt8(truncatingIfNeeded: unicode.count >> (8 * $0)) }
    }

    /// RC4 from its description, so that encryption and decryption share no code.
    private func rc4(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var state = Array(UInt8.min...UInt8.max)
        var j: UInt8 = 0
        for i in 0..<256 {
            j = j &+ state[i] &+ key[i % key.count]
            state.swapAt(i, Int(j))
        }
        j = 0
        return message.enumerated().map { index, octet in
            let i = (index + 1) & 255
            j = j &+ state[i]
            state.swapAt(i, Int(j))
            return octet ^ state[Int(state[i] &+ state[Int(j)])]
        }
    }
}
