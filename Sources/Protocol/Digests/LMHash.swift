/// The LAN Manager password hash (RFC 2433 §A.2), kept for MS-CHAPv1's keys and old databases.
public enum LMHash {
    /// Octets of the hash.
    public static let length = 16

    /// Hashes the first 14 octets of the password, ASCII letters in upper case; the result has 16 octets.
    ///
    /// Other characters enter as they are in UTF-8: which OEM code page a peer used cannot be known.
    public static func hash(password: String) -> [UInt8] {
        hash(utf8: Array(password.utf8))
    }

    /// Hashes a password received as octets; otherwise as ``hash(password:)``.
    public static func hash(utf8 password: [UInt8]) -> [UInt8] {
        let upper = password.prefix(14).map { octet in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet) ? octet - 32 : octet
        }
        let clear = DES.number(Array("KGS!@#$%".utf8), from: 0, count: 8)
        var hash: [UInt8] = []
        for start in [0, 7] { DES.encrypt(clear, key: DES.number(upper, from: start, count: 7), onto: &hash) }
        return hash
    }
}
