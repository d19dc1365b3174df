import COpenSSL

/// Why a ``TLSConfiguration``, a certificate or a key cannot be used. Texts are OpenSSL's and hold no secrets.
public enum TLSError: Error, Equatable, CustomStringConvertible {
    case certificate(String)
    case privateKey(String)
    case trustedCertificates(String)
    case revocationList(String)
    /// A setting that OpenSSL refuses.
    case setting(name: String, reason: String)
    /// OpenSSL itself failed, as when memory is short.
    case library(String)

    public var description: String {
        switch self {
        case .certificate(let reason): "certificate: \(reason)"
        case .privateKey(let reason): "private key: \(reason)"
        case .trustedCertificates(let reason): "trusted certificates: \(reason)"
        case .revocationList(let reason): "revocation list: \(reason)"
        case .setting(let name, let reason): "\(name): \(reason)"
        case .library(let reason): "OpenSSL: \(reason)"
        }
    }
}

/// Why a session ended.
public struct TLSFailure: Error, Sendable, CustomStringConvertible {
    /// The alert that ended it: sent by us or by the peer, its number (RFC 8446 §6) and OpenSSL's name of it.
    public var alert: (sent: Bool, code: UInt8, name: String)?
    /// Plain text without secrets.
    public var reason: String

    public var description: String {
        guard let alert else { return reason }
        return "\(reason) (\(alert.sent ? "sent" : "received") alert \(alert.code), \(alert.name))"
    }
}

/// OpenSSL's error queue belongs to the thread: emptied before a call, read after it.
enum OpenSSLErrors {
    static func clear() { ERR_clear_error() }

    /// The first error of the queue, which is where a failure began; empties the queue.
    static func take() -> String {
        let code = ERR_peek_error()
        defer { ERR_clear_error() }
        guard code != 0 else { return "unknown error" }
        if let text = ERR_reason_error_string(code) { return String(cString: text) }
        return "error \(String(code, radix: 16))"
    }
}
