/// What the operator chooses for EAP-SIM, EAP-AKA and EAP-AKA' (RFC 4186, 4187, 9048).
public struct SIMSettings: Sendable {
    public var vectors: any AKAVectorSource
    /// Seals pseudonyms and fast re-authentication identities.
    public var key: EAPServerKey
    /// Gives each peer a fresh pseudonym, so that its IMSI is not seen again.
    public var givesPseudonyms: Bool
    /// How often a peer may re-authenticate without new vectors before a full authentication; 0 turns fast re-authentication off.
    public var maximumReauthentications: UInt16
    /// Asks for the identity inside the method even when EAP-Response/Identity already named a subscriber (RFC 4187 §4.1.2.1).
    public var alwaysRequestsIdentity: Bool
    /// Ends with a protected success indication when the peer wants one too (AT_RESULT_IND).
    public var usesResultIndication: Bool
    /// The access network's name of EAP-AKA' (TS 24.302 §8.1.1), usually `WLAN`.
    public var networkName: [UInt8]
    /// Tells EAP-AKA's peers that EAP-AKA' was to be had (AT_BIDDING, RFC 9048 §4): set it when both are offered.
    public var prefersAKAPrime: Bool
    /// For an identity that the peer sends without a realm; nil leaves it without one.
    public var defaultRealm: String?

    public init(
        vectors: any AKAVectorSource, key: EAPServerKey = .random(), givesPseudonyms: Bool = true, maximumReauthentications: UInt16 = 16,
        alwaysRequestsIdentity: Bool = false, usesResultIndication: Bool = false, networkName: String = "WLAN",
        prefersAKAPrime: Bool = false, defaultRealm: String? = nil
    ) {
        self.vectors = vectors
        self.key = key
        self.givesPseudonyms = givesPseudonyms
        self.maximumReauthentications = maximumReauthentications
        self.alwaysRequestsIdentity = alwaysRequestsIdentity
        self.usesResultIndication = usesResultIndication
        self.networkName = Array(networkName.utf8)
        self.prefersAKAPrime = prefersAKAPrime
        self.defaultRealm = defaultRealm
    }
}
