/// One term of a plan, as the templates name it.
enum PlanTerm: String, Sendable, Hashable, CaseIterable {
    case downRate, upRate, downBurst, upBurst
    case downVolume, upVolume, totalVolume
    case sessionSeconds, idleSeconds, interimSeconds
    /// The VLAN's number or name as text.
    case vlan
    /// The VLAN where it is a number.
    case vlanID
    /// The VLAN where it is a name.
    case vlanName
    case role, acl, redirectURL, redirectACL, priority

    /// For notes: what an operator calls it.
    var description: String {
        switch self {
        case .downRate: "rate towards the user"
        case .upRate: "rate from the user"
        case .downBurst: "burst rate towards the user"
        case .upBurst: "burst rate from the user"
        case .downVolume: "volume towards the user"
        case .upVolume: "volume from the user"
        case .totalVolume: "total volume"
        case .sessionSeconds: "session time"
        case .idleSeconds: "idle time"
        case .interimSeconds: "interim interval"
        case .vlan, .vlanID, .vlanName: "VLAN"
        case .role: "role"
        case .acl: "access list"
        case .redirectURL: "redirect URL"
        case .redirectACL: "redirect access list"
        case .priority: "priority"
        }
    }

    /// What a plan asks for is told by these; ``vlan`` stands for its two forms.
    static let requests = allCases.filter { $0 != .vlanID && $0 != .vlanName }

    /// The request that a term used by a template serves.
    var request: PlanTerm { self == .vlanID || self == .vlanName ? .vlan : self }
}

extension PlanTerms {
    /// A term as a number; nil when it is not set or is text.
    func number(_ term: PlanTerm) -> UInt64? {
        switch term {
        case .downRate: downRate
        case .upRate: upRate
        case .downBurst: downBurst
        case .upBurst: upBurst
        case .downVolume: downVolume
        case .upVolume: upVolume
        case .totalVolume: totalVolume
        case .sessionSeconds: sessionSeconds.map(UInt64.init)
        case .idleSeconds: idleSeconds.map(UInt64.init)
        case .interimSeconds: interimSeconds.map(UInt64.init)
        case .priority: priority.map { UInt64(min($0, 7)) }
        case .vlanID: if case .id(let number)? = vlan { UInt64(number) } else { nil }
        case .role: role.flatMap { UInt64($0) }
        case .vlan, .vlanName, .acl, .redirectURL, .redirectACL: nil
        }
    }

    /// A term as text; nil when it is not set.
    func text(_ term: PlanTerm) -> String? {
        switch term {
        case .role: role
        case .acl: acl
        case .redirectURL: redirectURL
        case .redirectACL: redirectACL
        case .vlanName: if case .name(let name)? = vlan { name } else { nil }
        case .vlan:
            switch vlan {
            case .id(let number): String(number)
            case .name(let name): name
            case nil: nil
            }
        default: number(term).map { String($0) }
        }
    }

    /// The terms that are set, ``PlanTerm/vlan`` for either form.
    var requested: [PlanTerm] { PlanTerm.requests.filter { text($0) != nil } }
}
