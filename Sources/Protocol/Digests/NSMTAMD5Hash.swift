/// A password of Netscape's mail server: MD5(salt ‖ `Y` ‖ password ‖ 0xF7 ‖ salt), the salt being text.
public struct NSMTAMD5Hash: Sendable, Equatable {
    private let hash: [UInt8]
    private let salt: [UInt8]

    /// Reads 64 characters: the digest as 32 hexadecimal digits, then 32 characters of salt.
    init?(_ text: String) {
        let characters = Array(text.utf8)
        guard characters.count == 64, let digest = Hexadecimal.decode(characters[..<32]) else { return nil }
        hash = digest
        salt = Array(characters[32...])
    }

    func verify(_ password: [UInt8]) -> Bool {
        constantTimeEqual(MD5.hash(salt + [0x59] + password + [0xF7] + salt).bytes, hash)
    }
}
