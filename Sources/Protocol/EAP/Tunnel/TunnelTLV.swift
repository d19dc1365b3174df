/// One TLV inside a TEAP or EAP-FAST tunnel (RFC 9930 §4.2, RFC 4851 §4.2).
struct TunnelTLV: Equatable {
    /// TEAP's numbers. EAP-FAST's are the same, except that Request-Action is 19.
    enum Kind: UInt16 {
        case authorityID = 1
        case identityType = 2
        case result = 3
        case nak = 4
        case error = 5
        case vendorSpecific = 7
        case requestAction = 8
        case eapPayload = 9
        case intermediateResult = 10
        case pac = 11
        case cryptoBinding = 12
        case basicPasswordRequest = 13
        case basicPasswordResponse = 14
        case identityHint = 19
    }

    var type: UInt16
    var isMandatory: Bool
    var value: [UInt8]

    init(_ kind: Kind, _ value: [UInt8], isMandatory: Bool = true) {
        type = kind.rawValue
        self.isMandatory = isMandatory
        self.value = value
    }

    private init(type: UInt16, isMandatory: Bool, value: [UInt8]) {
        self.type = type
        self.isMandatory = isMandatory
        self.value = value
    }

    var bytes: [UInt8] {
        [UInt8(type >> 8) | (isMandatory ? 0x80 : 0), UInt8(truncatingIfNeeded: type)]
            + [UInt8(truncatingIfNeeded: value.count >> 8), UInt8(truncatingIfNeeded: value.count)] + value
    }

    /// Reads TLVs that follow each other to the end.
    static func parse(_ data: [UInt8]) throws(EAPFailure) -> [TunnelTLV] {
        var tlvs: [TunnelTLV] = []
        var rest = data[...]
        while !rest.isEmpty {
            guard rest.count >= 4 else { throw .malformed("TLV header") }
            let head = rest.prefix(4).map { UInt16($0) }
            let length = Int(head[2] << 8 | head[3])
            rest = rest.dropFirst(4)
            guard rest.count >= length else { throw .malformed("TLV length") }
            tlvs.append(
                TunnelTLV(
                    type: (head[0] & 0x3f) << 8 | head[1], isMandatory: head[0] & 0x80 != 0, value: Array(rest.prefix(length))))
            rest = rest.dropFirst(length)
        }
        return tlvs
    }

    /// Result or Intermediate-Result.
    static func status(_ kind: Kind, isSuccess: Bool) -> TunnelTLV { TunnelTLV(kind, [0, isSuccess ? 1 : 2]) }

    static func error(_ code: TunnelError) -> TunnelTLV {
        TunnelTLV(.error, [0, 0, UInt8(code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)])
    }

    /// Says that a mandatory TLV was not understood.
    /// - Parameter vendor: of a Vendor-Specific TLV; else 0.
    static func nak(type: UInt16, vendor: [UInt8] = [0, 0, 0, 0]) -> TunnelTLV {
        TunnelTLV(.nak, vendor + [UInt8(type >> 8), UInt8(truncatingIfNeeded: type)])
    }
}

/// Codes of the Error TLV that we send or tell apart (RFC 9930 §4.2.6); 2000 and above are fatal.
enum TunnelError: UInt16 {
    case innerMethod = 1001
    case tunnelCompromise = 2001
    case unexpectedTLVs = 2002
}

/// The TLVs of one message of the peer, each kind at most once.
struct TunnelMessage {
    private(set) var identityType: UInt16?
    private(set) var result: Bool?
    private(set) var intermediateResult: Bool?
    /// The whole TLV: it authenticates its own header.
    private(set) var cryptoBinding: TunnelTLV?
    private(set) var eapPayload: [UInt8]?
    private(set) var passwordResponse: [UInt8]?
    private(set) var pac: [UInt8]?
    /// What the peer did not understand of ours: its type.
    private(set) var nak: UInt16?
    private(set) var errorCode: UInt32?
    /// The most fatal status of its Request-Action TLVs: whether it takes no for an answer. EAP-FAST's have none.
    private(set) var requestAction: Bool?
    /// Asks for NAKs: mandatory TLVs that are unknown here.
    private(set) var unsupported: [TunnelTLV] = []

    /// - Parameter method: TEAP or EAP-FAST.
    init(_ data: [UInt8], of method: EAPType) throws(EAPFailure) {
        var seen: Set<UInt16> = []
        for tlv in try TunnelTLV.parse(data) {
            let number = TunnelTLV.Kind(rawValue: tlv.type)
            let kind = method == .fast && number == .identityHint ? .requestAction : number
            switch kind {
            case .error, .nak, .requestAction, .identityHint, .vendorSpecific, nil: break
            default: guard seen.insert(tlv.type).inserted else { throw .unexpected("second TLV \(tlv.type)") }
            }
            try take(tlv, kind)
        }
    }

    private mutating func take(_ tlv: TunnelTLV, _ kind: TunnelTLV.Kind?) throws(EAPFailure) {
        let value = tlv.value
        switch kind {
        case .identityType: identityType = try Self.number(value)
        case .result: result = try Self.status(value)
        case .intermediateResult: intermediateResult = try Self.status(value)
        case .cryptoBinding: cryptoBinding = tlv
        case .eapPayload: eapPayload = value
        case .basicPasswordResponse: passwordResponse = value
        case .pac: pac = value
        case .nak:
            guard value.count >= 6 else { throw .malformed("NAK TLV") }
            nak = UInt16(value[4]) << 8 | UInt16(value[5])
        case .error:
            guard value.count >= 4 else { throw .malformed("Error TLV") }
            errorCode = max(errorCode ?? 0, value.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
        case .requestAction:
            guard value.count >= 2 else { throw .malformed("Request-Action TLV") }
            requestAction = (requestAction ?? true) && value[0] == 1
        case .identityHint: break
        case .authorityID, .vendorSpecific, .basicPasswordRequest, nil:
            if tlv.isMandatory { unsupported.append(tlv) }
        }
    }

    /// One NAK for each TLV that must be understood and is not.
    var naks: [TunnelTLV] {
        unsupported.map { tlv in
            let isVendor = tlv.type == TunnelTLV.Kind.vendorSpecific.rawValue && tlv.value.count >= 4
            return .nak(type: tlv.type, vendor: isVendor ? Array(tlv.value.prefix(4)) : [0, 0, 0, 0])
        }
    }

    private static func number(_ value: [UInt8]) throws(EAPFailure) -> UInt16 {
        guard value.count >= 2 else { throw .malformed("TLV of two octets") }
        return UInt16(value[0]) << 8 | UInt16(value[1])
    }

    private static func status(_ value: [UInt8]) throws(EAPFailure) -> Bool {
        let status = try number(value)
        guard status == 1 || status == 2 else { throw .unexpected("status \(status)") }
        return status == 1
    }
}
