/// What CoovaChilli's JSON interface answers, with or without the call of a function around it.
public struct CoovaStatus: Sendable, Equatable {
    public enum State: Int64, Sendable { case offline = 0, online, splash }

    public let state: State
    /// For the next login, digits as they are.
    public let challenge: String?
    public let sessionID: String?
    public let username: String?
    /// Limits of the session, 0 for none: seconds and octets from, to, in total.
    public let sessionTimeout: Int64
    public let maximumTotalOctets: Int64
    /// So far.
    public let sessionTime: Int64
    public let inputOctets: Int64
    public let outputOctets: Int64

    /// - Returns: nil for what is no such answer.
    public init?(_ text: String) {
        guard let start = text.firstIndex(of: "{"), let end = text.lastIndex(of: "}"), start < end,
            let json = CaptiveJSON(Array(text[start...end].utf8)), let state = json["clientState"]?.integer.flatMap(State.init(rawValue:))
        else { return nil }
        func octets(_ name: String, _ words: String) -> Int64 {
            let low = json["accounting"]?[name]?.integer ?? 0
            let high = json["accounting"]?[words]?.integer ?? 0
            guard (0..<1 << 30).contains(high), low >= 0 else { return 0 }
            return (high << 32).addingReportingOverflow(low).partialValue
        }
        self.state = state
        challenge = json["challenge"]?.string.flatMap { PlainText.isToken($0, others: "", limit: 128) ? $0 : nil }
        sessionID = json["session"]?["sessionId"]?.string.map { PlainText.cleaned($0, limit: 64) }
        username = json["session"]?["userName"]?.string.map { PlainText.cleaned($0, limit: 253) }
        sessionTimeout = json["session"]?["sessionTimeout"]?.integer ?? 0
        maximumTotalOctets = json["session"]?["maxTotalOctets"]?.integer ?? 0
        sessionTime = json["accounting"]?["sessionTime"]?.integer ?? 0
        inputOctets = octets("inputOctets", "inputGigawords")
        outputOctets = octets("outputOctets", "outputGigawords")
    }
}
