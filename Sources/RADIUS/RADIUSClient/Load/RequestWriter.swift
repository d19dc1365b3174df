import Digests
import RADIUSWire

/// Writes one request into a buffer, without allocation: the library's encoder costs more than a whole request may here.
///
/// The buffer holds 1024 octets or more; a name of 253, a password of 128 and the accounting attributes stay below.
struct RequestWriter {
    private let buffer: UnsafeMutableRawBufferPointer
    private(set) var count = 20

    /// - Parameter signed: leaves the first place to a Message-Authenticator.
    init(_ buffer: UnsafeMutableRawBufferPointer, code: PacketCode, identifier: UInt8, signed: Bool = false) {
        self.buffer = buffer
        buffer[0] = code.rawValue
        buffer[1] = identifier
        if signed {
            begin(80, 16)
            MD5Digest(low: 0, high: 0).store(to: buffer, at: count)
            count += 16
        }
    }

    @inline(__always)
    mutating func begin(_ type: UInt8, _ length: Int) {
        buffer[count] = type
        buffer[count + 1] = UInt8(truncatingIfNeeded: length + 2)
        count += 2
    }

    mutating func append(_ type: UInt8, _ value: UnsafeRawBufferPointer) {
        begin(type, value.count)
        appendOctets(value)
    }

    /// Part of a value whose attribute was begun.
    mutating func appendOctets(_ octets: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: octets)
        count += octets.count
    }

    mutating func append(_ type: UInt8, integer: UInt32) {
        begin(type, 4)
        buffer.storeBytes(of: integer.bigEndian, toByteOffset: count, as: UInt32.self)
        count += 4
    }

    /// `prefix` and a number as lower-case hexadecimal digits.
    mutating func append(_ type: UInt8, prefix: UInt8, hexadecimal: UInt64, digits: Int) {
        begin(type, digits + 1)
        buffer[count] = prefix
        for digit in 0..<digits {
            let nibble = UInt8(truncatingIfNeeded: hexadecimal >> UInt64(4 * (digits - 1 - digit))) & 15
            buffer[count + 1 + digit] = nibble < 10 ? 48 + nibble : 87 + nibble
        }
        count += digits + 1
    }

    /// User-Password, hidden (RFC 2865 §5.2).
    mutating func appendPassword(_ password: UnsafeRawBufferPointer, secret: UnsafeRawBufferPointer, authenticator: MD5Digest) {
        let blocks = max(1, (password.count + 15) / 16)
        begin(2, 16 * blocks)
        UnsafeMutableRawBufferPointer(rebasing: buffer[count..<count + 16 * blocks]).initializeMemory(as: UInt8.self, repeating: 0)
        UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: password)
        var previous = authenticator
        for _ in 0..<blocks {
            var md5 = MD5()
            md5.update(secret)
            md5.update(previous)
            let mask = md5.finish()
            let clear = MD5Digest(loading: UnsafeRawBufferPointer(buffer), at: count)
            previous = MD5Digest(low: clear.low ^ mask.low, high: clear.high ^ mask.high)
            previous.store(to: buffer, at: count)
            count += 16
        }
    }

    /// CHAP-Password over the Request Authenticator as challenge (RFC 2865 §5.3).
    mutating func appendCHAP(_ password: UnsafeRawBufferPointer, identifier: UInt8, challenge: MD5Digest) {
        begin(3, 17)
        buffer[count] = identifier
        var md5 = MD5()
        md5.update(UnsafeRawBufferPointer(rebasing: buffer[count..<count + 1]))
        md5.update(password)
        md5.update(challenge)
        md5.finish().store(to: buffer, at: count + 1)
        count += 17
    }

    /// Ends an Access-Request.
    /// - Parameter hmac: of the shared secret, for the Message-Authenticator (RFC 3579 §3.2) of a packet begun as signed; nil for others.
    func finish(authenticator: MD5Digest, hmac: HMACMD5?) {
        storeLength()
        authenticator.store(to: buffer, at: 4)
        if let hmac {
            let packet = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[0..<count])
            hmac.authenticate { $0.update(packet) }.store(to: buffer, at: 22)
        }
    }

    /// Ends an Accounting-Request.
    /// - Returns: its Request Authenticator (RFC 2866 §3).
    func finishAccounting(secret: UnsafeRawBufferPointer) -> MD5Digest {
        storeLength()
        MD5Digest(low: 0, high: 0).store(to: buffer, at: 4)
        var md5 = MD5()
        md5.update(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[0..<count]))
        md5.update(secret)
        let authenticator = md5.finish()
        authenticator.store(to: buffer, at: 4)
        return authenticator
    }

    private func storeLength() {
        buffer.storeBytes(of: UInt16(truncatingIfNeeded: count).bigEndian, toByteOffset: 2, as: UInt16.self)
    }
}

/// MD5(Code ‖ Identifier ‖ Length ‖ `authenticator` ‖ Attributes ‖ secret), the Response Authenticator (RFC 2865 §3), of a packet whose
/// own Authenticator field is not read.
func responseAuthenticator(_ packet: UnsafeRawBufferPointer, request authenticator: MD5Digest, secret: UnsafeRawBufferPointer) -> MD5Digest
{
    var md5 = MD5()
    md5.update(UnsafeRawBufferPointer(rebasing: packet[0..<4]))
    md5.update(authenticator)
    md5.update(UnsafeRawBufferPointer(rebasing: packet[20...]))
    md5.update(secret)
    return md5.finish()
}
