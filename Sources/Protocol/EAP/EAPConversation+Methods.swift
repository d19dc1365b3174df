extension EAPConversation {
    /// Whether a type is a method that can be offered, given its settings.
    public static func supports(_ type: EAPType) -> Bool { offered.contains(type) }

    private static let offered: Set<EAPType> = [
        .md5, .otp, .gtc, .mschapv2, .tls, .ttls, .peap, .pwd, .psk, .sim, .aka, .akaPrime, .teap, .fast,
    ]
}
