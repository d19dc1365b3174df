/// A method's number (RFC 3748 §5, IANA's registry). Types beyond those listed are carried, never offered.
public struct EAPType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let identity = EAPType(rawValue: 1)
    public static let notification = EAPType(rawValue: 2)
    public static let nak = EAPType(rawValue: 3)
    public static let md5 = EAPType(rawValue: 4)
    public static let otp = EAPType(rawValue: 5)
    public static let gtc = EAPType(rawValue: 6)
    public static let tls = EAPType(rawValue: 13)
    public static let sim = EAPType(rawValue: 18)
    public static let ttls = EAPType(rawValue: 21)
    public static let aka = EAPType(rawValue: 23)
    public static let peap = EAPType(rawValue: 25)
    public static let mschapv2 = EAPType(rawValue: 26)
    public static let tlv = EAPType(rawValue: 33)
    public static let fast = EAPType(rawValue: 43)
    public static let psk = EAPType(rawValue: 47)
    public static let akaPrime = EAPType(rawValue: 50)
    public static let pwd = EAPType(rawValue: 52)
    public static let teap = EAPType(rawValue: 55)
    public static let expanded = EAPType(rawValue: 254)

    /// As operators write it: `PEAP`, `MSCHAPv2`; a number for others.
    public var name: String { Self.names[rawValue] ?? "\(rawValue)" }

    /// - Parameter name: as ``name``, any case.
    public init?(name: String) {
        let wanted = name.lowercased()
        guard let number = Self.names.first(where: { $0.value.lowercased() == wanted })?.key else { return nil }
        rawValue = number
    }

    private static let names: [UInt8: String] = [
        1: "Identity", 2: "Notification", 3: "Nak", 4: "MD5", 5: "OTP", 6: "GTC", 13: "TLS", 18: "SIM", 21: "TTLS", 23: "AKA", 25: "PEAP",
        26: "MSCHAPv2", 33: "TLV", 43: "FAST", 47: "PSK", 50: "AKA'", 52: "pwd", 55: "TEAP", 254: "Expanded",
    ]
}
