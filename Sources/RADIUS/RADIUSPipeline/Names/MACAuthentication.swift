import RADIUSWire

/// How logins by a station's address are looked up.
public struct MACAuthentication: Sendable, Equatable {
    public var isEnabled = true
    /// Notation of MAC user names that Radian writes. The name as received is tried first, so that tables filled
    /// for another notation go on working.
    public var style = MACAddress.Style.upperDashes

    public init() {}
}

/// Recognises MAC authentication: the User-Name is a station address and Service-Type is Call-Check or Calling-Station-Id is the same address.
///
/// The second condition keeps voucher codes of twelve hexadecimal digits ordinary names.
public struct RecogniseMACAddress: Stage {
    private static let callCheck: UInt32 = 10

    public let name = "MAC address"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        let settings = context.settings.macAuthentication
        guard settings.isEnabled, let address = MACAddress(context.userName) else { return .next }
        let isCallCheck = context.packet.integer(StandardAttribute.serviceType) == Self.callCheck
        guard isCallCheck || context.callingStationID.flatMap({ MACAddress($0.prefix(17)) }) == address else { return .next }
        context.stationAddress = address
        let normalised = address.text(settings.style)
        if normalised != context.userName { context.alternativeUserName = normalised }
        context.note("name is a station address, also looked up as \(normalised)")
        return .next
    }
}
