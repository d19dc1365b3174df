internal import COpenSSL
import Digests

/// A secret that all servers of one deployment share.
///
/// They seal with it what a peer keeps for them: SIM pseudonyms, fast re-authentication identities, FAST's PAC-Opaque.
/// No server needs a table of them, and whichever is asked next can answer.
public struct EAPServerKey: Sendable {
    /// What a sealed value is for; a value sealed for one purpose does not open for another.
    enum Purpose: String {
        case pseudonym = "EAP-SIM pseudonym"
        case reauthentication = "EAP-SIM fast re-authentication"
        case pac = "EAP-FAST PAC-Opaque"
        case salt = "EAP-pwd salt of an unknown user"
    }

    private let secret: [UInt8]

    /// - Parameter secret: 16 octets or more that nobody can guess; any length is taken.
    public init(_ secret: [UInt8]) {
        self.secret = secret
    }

    /// A key that lives as long as this value; what it seals is lost with it.
    public static func random() -> EAPServerKey {
        EAPServerKey(randomOctets(32))
    }

    /// The part of the secret that serves one purpose; 32 octets.
    func derived(for purpose: Purpose) -> [UInt8] {
        KeyedHash.sha256.authenticate(Array(purpose.rawValue.utf8), key: secret)
    }

    /// Encrypts and authenticates with AES-256-GCM.
    /// - Returns: nonce (12), ciphertext as long as the plaintext, tag (16); nil only when OpenSSL fails.
    func seal(_ plaintext: [UInt8], for purpose: Purpose) -> [UInt8]? {
        let nonce = randomOctets(Self.nonceLength)
        guard let context = context(for: purpose, nonce: nonce, encrypts: true) else { return nil }
        defer { EVP_CIPHER_CTX_free(context) }
        var written: Int32 = 0
        var ciphertext = [UInt8](repeating: 0, count: plaintext.count)
        var tag = [UInt8](repeating: 0, count: Self.tagLength)
        guard EVP_EncryptUpdate(context, &ciphertext, &written, plaintext, Int32(plaintext.count)) == 1,
            EVP_EncryptFinal_ex(context, nil, &written) == 1,
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1
        else { return nil }
        return nonce + ciphertext + tag
    }

    /// Undoes ``seal(_:for:)``.
    /// - Returns: nil for anything that was not sealed with this key for this purpose.
    func open(_ sealed: [UInt8], for purpose: Purpose) -> [UInt8]? {
        guard sealed.count >= Self.nonceLength + Self.tagLength,
            let context = context(for: purpose, nonce: Array(sealed.prefix(Self.nonceLength)), encrypts: false)
        else { return nil }
        defer { EVP_CIPHER_CTX_free(context) }
        let ciphertext = Array(sealed.dropFirst(Self.nonceLength).dropLast(Self.tagLength))
        var tag = Array(sealed.suffix(Self.tagLength))
        var written: Int32 = 0
        var plaintext = [UInt8](repeating: 0, count: ciphertext.count)
        guard EVP_DecryptUpdate(context, &plaintext, &written, ciphertext, Int32(ciphertext.count)) == 1,
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1,
            EVP_DecryptFinal_ex(context, nil, &written) == 1
        else { return nil }
        return plaintext
    }

    private static let nonceLength = 12
    private static let tagLength = 16

    private func context(for purpose: Purpose, nonce: [UInt8], encrypts: Bool) -> OpaquePointer? {
        guard let context = EVP_CIPHER_CTX_new() else { return nil }
        guard EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, derived(for: purpose), nonce, encrypts ? 1 : 0) == 1 else {
            EVP_CIPHER_CTX_free(context)
            return nil
        }
        return context
    }
}
