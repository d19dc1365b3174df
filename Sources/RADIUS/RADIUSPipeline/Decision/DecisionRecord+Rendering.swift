import Foundation

extension DecisionRecord {
    /// One readable block, without a line break at its end.
    public func render() -> String {
        var lines = ["\(Self.time(epochMicroseconds)) #\(requestID) \(requestName) from \(nasName) (\(nasAddress))"]
        var who: [String] = []
        if let userName { who.append("user \(Self.printable(userName))") }
        if let callingStationID { who.append("station \(Self.printable(callingStationID))") }
        if let ssid { who.append("network \(Self.printable(ssid))") }
        if let method { who.append("method \(method)") }
        if !who.isEmpty { lines.append("  " + who.joined(separator: ", ")) }
        for (index, stage) in stages.enumerated() {
            lines.append(
                "  \(index + 1). \(stage.name) (\(Self.duration(stage.elapsedNanoseconds)))\(stage.name == decidedBy ? " decided" : "")")
            for note in stage.notes { lines.append("     \(Self.printable(note))") }
        }
        lines.append("  => \(outcome)\(reason.map { " [\($0.rawValue)]" } ?? "") after \(Self.duration(elapsedNanoseconds))")
        if let reason {
            lines.append("     \(reason.explanation) \(reason.nextStep)")
        }
        for attribute in replyAttributes { lines.append("     \(Self.printable(attribute))") }
        return lines.joined(separator: "\n")
    }

    /// Control characters would let a user name forge lines of the log.
    private static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else { return text }
        return String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "\u{FFFD}" : Character($0) })
    }

    private static func duration(_ nanoseconds: UInt64) -> String {
        nanoseconds < 10_000_000 ? "\(nanoseconds / 1000) µs" : "\(nanoseconds / 1_000_000) ms"
    }

    /// ISO 8601 in UTC with milliseconds.
    private static func time(_ epochMicroseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(epochMicroseconds) / 1_000_000).formatted(
            Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
