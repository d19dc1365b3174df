import ArgumentParser
import ServicePlans

/// Terms of a plan as options.
struct PlanTermOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Rate towards the user in bit per second: 2M, 512k.", valueName: "rate")) var down: String?
    @Option(help: ArgumentHelp("Rate from the user.", valueName: "rate")) var up: String?
    @Option(help: ArgumentHelp("Burst rate towards the user.", valueName: "rate")) var downBurst: String?
    @Option(help: ArgumentHelp("Burst rate from the user.", valueName: "rate")) var upBurst: String?
    @Option(help: ArgumentHelp("Octets left towards the user; K, M, G and T are powers of 1024.", valueName: "octets"))
    var downVolume: String?
    @Option(help: ArgumentHelp("Octets left from the user.", valueName: "octets")) var upVolume: String?
    @Option(help: ArgumentHelp("Octets left in both directions together.", valueName: "octets")) var totalVolume: String?
    @Option(help: ArgumentHelp("Session-Timeout.", valueName: "seconds")) var sessionTimeout: UInt32?
    @Option(help: ArgumentHelp("Idle-Timeout.", valueName: "seconds")) var idleTimeout: UInt32?
    @Option(help: ArgumentHelp("Acct-Interim-Interval, 60 or more.", valueName: "seconds")) var interim: UInt32?
    @Option(help: ArgumentHelp("A VLAN's number or name.", valueName: "vlan")) var vlan: String?
    @Option(help: ArgumentHelp("Role, user group or profile by the NAS's own name.", valueName: "name")) var role: String?
    @Option(help: ArgumentHelp("Access list by the NAS's own name.", valueName: "name")) var acl: String?
    @Option(help: ArgumentHelp("Where the user's browser is sent.", valueName: "url")) var redirectURL: String?
    @Option(help: ArgumentHelp("Access list that goes with the redirect.", valueName: "name")) var redirectACL: String?
    @Option(help: ArgumentHelp("0 lowest to 7 highest.", valueName: "n")) var priority: UInt8?

    func terms() throws -> PlanTerms {
        var terms = PlanTerms()
        terms.downRate = try down.map { try Self.number($0, "--down", thousand: 1000) }
        terms.upRate = try up.map { try Self.number($0, "--up", thousand: 1000) }
        terms.downBurst = try downBurst.map { try Self.number($0, "--down-burst", thousand: 1000) }
        terms.upBurst = try upBurst.map { try Self.number($0, "--up-burst", thousand: 1000) }
        terms.downVolume = try downVolume.map { try Self.number($0, "--down-volume", thousand: 1024) }
        terms.upVolume = try upVolume.map { try Self.number($0, "--up-volume", thousand: 1024) }
        terms.totalVolume = try totalVolume.map { try Self.number($0, "--total-volume", thousand: 1024) }
        terms.sessionSeconds = sessionTimeout
        terms.idleSeconds = idleTimeout
        terms.interimSeconds = interim
        terms.vlan = try vlan.map { text in
            guard let number = UInt16(text) else { return .name(text) }
            guard (1...4094).contains(number) else { throw ValidationError("--vlan is 1 to 4094, or a name.") }
            return .id(number)
        }
        terms.role = role
        terms.acl = acl
        terms.redirectURL = redirectURL
        terms.redirectACL = redirectACL
        if let priority, priority > 7 { throw ValidationError("--priority is 0 to 7.") }
        terms.priority = priority
        return terms
    }

    /// `2M`, `512k`, `1500000`.
    static func number(_ text: String, _ option: String, thousand: UInt64) throws -> UInt64 {
        let exponents: [Character: Int] = ["k": 1, "m": 2, "g": 3, "t": 4]
        let exponent = text.last.flatMap { exponents[Character($0.lowercased())] }
        guard var number = UInt64(exponent == nil ? text[...] : text.dropLast()) else {
            throw ValidationError("'\(text)' is no number for \(option); write 512k, 2M or 1500000.")
        }
        for _ in 0..<(exponent ?? 0) {
            let (product, overflow) = number.multipliedReportingOverflow(by: thousand)
            guard !overflow else { throw ValidationError("'\(text)' is too large for \(option).") }
            number = product
        }
        return number
    }
}
