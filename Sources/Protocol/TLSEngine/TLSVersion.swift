import COpenSSL

/// A version of TLS, or the version of DTLS that is built on it (DTLS 1.0 on TLS 1.1, DTLS 1.2 on TLS 1.2).
public enum TLSVersion: String, Sendable, Comparable, CaseIterable {
    case v1_0 = "1.0"
    case v1_1 = "1.1"
    case v1_2 = "1.2"
    case v1_3 = "1.3"

    public static func < (a: TLSVersion, b: TLSVersion) -> Bool { a.rawValue < b.rawValue }

    /// The number on the wire; DTLS 1.3 is not spoken, so 1.3 stands for DTLS 1.2 there.
    func number(for transport: TLSConfiguration.Transport) -> Int {
        switch (transport, self) {
        case (.stream, .v1_0): Int(TLS1_VERSION)
        case (.stream, .v1_1): Int(TLS1_1_VERSION)
        case (.stream, .v1_2): Int(TLS1_2_VERSION)
        case (.stream, .v1_3): Int(TLS1_3_VERSION)
        case (.datagram, .v1_0), (.datagram, .v1_1): Int(DTLS1_VERSION)
        case (.datagram, .v1_2), (.datagram, .v1_3): Int(DTLS1_2_VERSION)
        }
    }

    init?(number: Int32) {
        switch number {
        case TLS1_VERSION: self = .v1_0
        case TLS1_1_VERSION, DTLS1_VERSION: self = .v1_1
        case TLS1_2_VERSION, DTLS1_2_VERSION: self = .v1_2
        case TLS1_3_VERSION: self = .v1_3
        default: return nil
        }
    }
}
