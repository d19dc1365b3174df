/// One thing that a check found.
public struct Finding: Sendable, Codable, Equatable {
    public enum Severity: String, Sendable, Codable, CaseIterable {
        /// Something does not work, or will not soon.
        case error
        /// Something works, but not safely or not for everyone.
        case warning
        /// Worth knowing; nothing is wrong.
        case notice
    }

    /// Which check found it, such as `nas.wrong-secret`.
    public var check: String
    public var severity: Severity
    /// What is the case.
    public var message: String
    /// What to do about it.
    public var advice: String
    /// A command that mends it, with placeholders in capitals; nil where there is none.
    public var command: String?

    init(_ check: String, _ severity: Severity, _ message: String, advice: String, command: String? = nil) {
        self.check = check
        self.severity = severity
        self.message = message
        self.advice = advice
        self.command = command
    }
}

/// Looks for one usual mistake. Changes nothing.
protocol Check: Sendable {
    /// Stable name of its findings.
    static var name: String { get }

    /// - Throws: an error of the database, which the caller reports as a finding of its own.
    func findings(_ scene: CheckScene) throws -> [Finding]
}

extension Check {
    func found(_ severity: Finding.Severity, _ message: String, advice: String, command: String? = nil) -> Finding {
        Finding(Self.name, severity, message, advice: advice, command: command)
    }
}
