import COpenSSL
import Digests

/// OpenSSL's values as Swift's.
enum OpenSSLText {
    /// All that was written to a memory BIO.
    static func read(_ bio: OpaquePointer) -> String {
        String(decoding: readBytes(bio), as: UTF8.self)
    }

    static func readBytes(_ bio: OpaquePointer) -> [UInt8] {
        let count = BIO_ctrl_pending(bio)
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, Int(BIO_read(bio, buffer.baseAddress, Int32(clamping: count))))
        }
    }

    /// The octets an `i2d_` function writes; empty when it fails.
    static func der(_ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) -> [UInt8] {
        var start: UnsafeMutablePointer<UInt8>?
        let count = encode(&start)
        guard count > 0, let start else { return [] }
        defer { CRYPTO_free(start, nil, 0) }
        return [UInt8](UnsafeBufferPointer(start: start, count: Int(count)))
    }

    static func name(_ name: OpaquePointer?) -> String {
        guard let name, let bio = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(bio) }
        // RFC 2253, but letters beyond ASCII as they are.
        let flags =
            UInt(
                ASN1_STRFLGS_ESC_2253 | ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT | ASN1_STRFLGS_DUMP_UNKNOWN
                    | ASN1_STRFLGS_DUMP_DER)
            | UInt(XN_FLAG_SEP_COMMA_PLUS | XN_FLAG_DN_REV) | UInt(XN_FLAG_DUMP_UNKNOWN_FIELDS)
        X509_NAME_print_ex(bio, name, 0, flags)
        return read(bio)
    }

    static func commonName(_ name: OpaquePointer?) -> String? {
        guard let name else { return nil }
        var last: Int32 = -1
        while true {
            let next = X509_NAME_get_index_by_NID(name, NID_commonName, last)
            guard next >= 0 else { break }
            last = next
        }
        guard last >= 0, let value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)) else { return nil }
        var text: UnsafeMutablePointer<UInt8>?
        let count = ASN1_STRING_to_UTF8(&text, value)
        guard count >= 0, let text else { return nil }
        defer { CRYPTO_free(text, nil, 0) }
        let bytes = UnsafeBufferPointer(start: text, count: Int(count))
        return bytes.contains(0) ? nil : String(decoding: bytes, as: UTF8.self)
    }

    static func serialNumber(_ number: UnsafePointer<ASN1_INTEGER>?) -> String {
        guard let number, let value = ASN1_INTEGER_to_BN(number, nil) else { return "" }
        defer { BN_free(value) }
        guard let text = BN_bn2hex(value) else { return "" }
        defer { CRYPTO_free(text, nil, 0) }
        return String(cString: text)
    }

    /// Seconds since 1970; 0 for what is no time.
    static func epoch(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        guard let time, let origin = ASN1_TIME_set(nil, 0) else { return 0 }
        defer { ASN1_STRING_free(origin) }
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard ASN1_TIME_diff(&days, &seconds, origin, time) == 1 else { return 0 }
        return Int64(days) * 86400 + Int64(seconds)
    }

    /// Dotted numbers.
    static func identifier(_ object: OpaquePointer?) -> String {
        guard let object else { return "" }
        var buffer = [CChar](repeating: 0, count: 128)
        let count = OBJ_obj2txt(&buffer, Int32(buffer.count), object, 1)
        guard count > 0, count < buffer.count else { return "" }
        return String(decoding: buffer[..<Int(count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func bytes(_ string: UnsafeMutablePointer<ASN1_STRING>?) -> [UInt8] {
        guard let string, let start = ASN1_STRING_get0_data(string) else { return [] }
        return [UInt8](UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(string))))
    }

    static func ocspResponders(of certificate: OpaquePointer) -> [String] {
        guard let urls = X509_get1_ocsp(certificate) else { return [] }
        defer { X509_email_free(urls) }
        return (0..<OPENSSL_sk_num(urls)).compactMap { index in
            OPENSSL_sk_value(urls, index).map { String(cString: $0.assumingMemoryBound(to: CChar.self)) }
        }
    }
}
