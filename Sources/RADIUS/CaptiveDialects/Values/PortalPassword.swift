internal import Digests

/// How passwords travel from a browser to a hotspot gateway.
public enum PortalPassword {
    /// CoovaChilli's challenge after mixing in the secret: MD5(challenge ‖ uamsecret); the challenge itself without a secret.
    static func coovaChallenge(_ challenge: [UInt8], secret: String) -> [UInt8] {
        secret.isEmpty ? challenge : MD5.hash(challenge + Array(secret.utf8)).bytes
    }

    /// CoovaChilli's `response`: lower-case digits of MD5(0 ‖ password ‖ challenge).
    public static func coovaCHAP(_ password: String, challenge: [UInt8], secret: String) -> String {
        Hexadecimal.encode(MD5.hash([0] + Array(password.utf8) + coovaChallenge(challenge, secret: secret)).bytes)
    }

    /// CoovaChilli's `password`: the password, filled with NUL to blocks of 16 octets, each block xor the challenge.
    ///
    /// Gateways older than CoovaChilli 1.3 take one block only.
    public static func coovaPAP(_ password: String, challenge: [UInt8], secret: String) -> String {
        let mask = coovaChallenge(challenge, secret: secret)
        guard !mask.isEmpty else { return password }
        let text = Array(password.utf8)
        let length = max(16, (text.count + 15) / 16 * 16)
        return Hexadecimal.encode((0..<length).map { ($0 < text.count ? text[$0] : 0) ^ mask[$0 % mask.count] })
    }

    /// MikroTik's `password` of http-chap: lower-case digits of MD5(chap-id ‖ password ‖ chap-challenge).
    public static func mikroTikCHAP(_ password: String, id: [UInt8], challenge: [UInt8]) -> String {
        Hexadecimal.encode(MD5.hash(id + Array(password.utf8) + challenge).bytes)
    }

    /// The octets that MikroTik writes as text for scripts: `\361` is one octet in octal, `\\` a backslash, others stand for themselves.
    /// - Returns: nil for an escape of another kind and for more than 64 octets.
    public static func octalEscaped(_ text: String) -> [UInt8]? {
        var octets: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let character = rest.popFirst() {
            guard octets.count < 64 else { return nil }
            guard character == UInt8(ascii: "\\") else {
                octets.append(character)
                continue
            }
            if rest.first == UInt8(ascii: "\\") {
                octets.append(character)
                rest.removeFirst()
                continue
            }
            let digits = rest.prefix(3)
            guard digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }),
                let octet = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            else { return nil }
            octets.append(octet)
            rest = rest.dropFirst(3)
        }
        return octets
    }
}
