import COpenSSL

/// OpenSSL's encoding of a session, but without the peer's certificate: who keeps the session keeps the chain beside it, and to read a
/// certificate's key costs a third of a resumed login.
enum SessionEncoding {
    /// The tag of the peer's certificate in the sequence that OpenSSL writes.
    private static let peer: Int32 = 3

    static func encode(_ session: OpaquePointer) -> [UInt8] {
        let whole = OpenSSLText.der { i2d_SSL_SESSION(session, $0) }
        return withoutPeer(whole) ?? whole
    }

    /// - Returns: a session that is the caller's; nil when the octets are none.
    static func decode(_ octets: [UInt8]) -> OpaquePointer? {
        octets.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            return d2i_SSL_SESSION(nil, &start, buffer.count)
        }
    }

    /// - Returns: nil when it is not the sequence that is expected.
    private static func withoutPeer(_ whole: [UInt8]) -> [UInt8]? {
        whole.withUnsafeBufferPointer { buffer in
            guard var next = buffer.baseAddress else { return nil }
            let end = next + buffer.count
            guard let sequence = element(&next, until: end), sequence.tag == V_ASN1_SEQUENCE, sequence.end == end else { return nil }
            var kept: [UInt8] = []
            while next < end {
                let begin = next
                guard let part = element(&next, until: end) else { return nil }
                next = part.end
                if part.tag == peer, part.isContextSpecific { continue }
                kept += UnsafeBufferPointer(start: begin, count: next - begin)
            }
            let size = Int(ASN1_object_size(1, Int32(kept.count), V_ASN1_SEQUENCE))
            return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                var start = buffer.baseAddress
                ASN1_put_object(&start, 1, Int32(kept.count), V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL)
                count = size - kept.count
                for octet in kept {
                    buffer.initializeElement(at: count, to: octet)
                    count += 1
                }
            }
        }
    }

    /// Reads the head of an element, to whose content `start` goes on.
    private static func element(
        _ start: inout UnsafePointer<UInt8>, until end: UnsafePointer<UInt8>
    ) -> (tag: Int32, isContextSpecific: Bool, end: UnsafePointer<UInt8>)? {
        var next: UnsafePointer<UInt8>? = start
        var length = 0
        var tag: Int32 = 0
        var tagClass: Int32 = 0
        // The highest bit is an error's, the lowest an indefinite length's, which DER has not.
        let kind = ASN1_get_object(&next, &length, &tag, &tagClass, end - start)
        guard kind & 0x81 == 0, let next else { return nil }
        start = next
        return (tag, tagClass == V_ASN1_CONTEXT_SPECIFIC, next + length)
    }
}
