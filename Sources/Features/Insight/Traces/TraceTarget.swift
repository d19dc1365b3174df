import RADIUSPipeline

/// Whose logins a trace shows.
enum TraceTarget: Sendable, Equatable {
    /// In any case, and with any realm behind it.
    case user(String)
    /// Twelve hexadecimal digits in lower case.
    case station(String)

    /// Whether a decision is about it; those about accounting are about nobody's login.
    func matches(_ record: DecisionRecord) -> Bool {
        guard record.requestName == "Access-Request" else { return false }
        switch self {
        case .user(let name):
            let asked = record.userName?.lowercased() ?? ""
            return asked == name.lowercased() || asked.hasPrefix(name.lowercased() + "@")
        case .station(let digits):
            // Devices that log in by their address have it as their name.
            return [record.callingStationID, record.userName].contains { $0.flatMap(Self.digits) == digits }
        }
    }

    /// The digits of a MAC address in any spelling; nil for what is none.
    static func digits(_ text: String) -> String? {
        let digits = text.lowercased().filter { !":-. ".contains($0) }
        return digits.utf8.count == 12 && digits.allSatisfy(\.isHexDigit) ? digits : nil
    }
}
