/// Search filters (RFC 4515).
enum LDAPFilter {
    /// Writes a value so that it means itself inside of a filter (RFC 4515 §3): `*`, `(`, `)`, `\` and NUL as two hexadecimal digits.
    ///
    /// Octets that are no printable ASCII are written so too, as some servers misread them.
    static func escape(_ value: String) -> String {
        let digits = Array("0123456789abcdef")
        return value.utf8.map { octet in
            switch octet {
            case 0x2a, 0x28, 0x29, 0x5c, 0..<0x20, 0x7f...: "\\\(digits[Int(octet >> 4)])\(digits[Int(octet & 15)])"
            default: String(UnicodeScalar(octet))
            }
        }.joined()
    }

    /// The value of the first attribute of a distinguished name: `staff` of `cn=staff,ou=groups,dc=example` (RFC 4514), with escapes undone.
    static func firstValue(ofDN name: String) -> String? {
        guard let equal = name.firstIndex(of: "=") else { return nil }
        var octets: [UInt8] = []
        var rest = Array(name[name.index(after: equal)...].utf8)[...]
        while let octet = rest.popFirst() {
            if octet == UInt8(ascii: ",") || octet == UInt8(ascii: "+") { break }
            guard octet == UInt8(ascii: "\\"), let next = rest.first else {
                octets.append(octet)
                continue
            }
            if let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2 {
                octets.append(value)
                rest = rest.dropFirst(2)
            } else {
                octets.append(next)
                rest = rest.dropFirst()
            }
        }
        return octets.isEmpty ? nil : String(decoding: octets, as: UTF8.self)
    }
}
