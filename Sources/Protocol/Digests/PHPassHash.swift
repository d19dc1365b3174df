/// A portable PHPass password: WordPress's `$P$`, phpBB's `$H$`, 34 characters.
public struct PHPassHash: Sendable, Equatable {
    private let rounds: Int
    private let salt: [UInt8]
    private let hash: [UInt8]

    /// `nil` when malformed, and for more than 2²⁰ rounds, which no application writes.
    init?(_ text: String) {
        let characters = Array(text.utf8)
        guard characters.count == 34, text.hasPrefix("$P$") || text.hasPrefix("$H$") else { return nil }
        guard let logarithm = CryptAlphabet.value(of: characters[3]), (7...20).contains(logarithm) else { return nil }
        guard let hash = CryptAlphabet.decodeLittleEndian(characters[12...]), hash.count == 16 else { return nil }
        rounds = 1 << Int(logarithm)
        salt = Array(characters[4..<12])
        self.hash = hash
    }

    func verify(_ password: [UInt8]) -> Bool {
        var digest = MD5.hash(salt + password)
        for _ in 0..<rounds {
            var md5 = MD5()
            md5.update(digest)
            md5.update(password)
            digest = md5.finish()
        }
        return constantTimeEqual(digest.bytes, hash)
    }
}
