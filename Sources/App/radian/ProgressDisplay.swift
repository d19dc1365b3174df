import Foundation

/// Shows on standard error how far a command is: a bar that redraws itself on a terminal, a line for every tenth otherwise.
struct ProgressDisplay {
    private static let width = 30
    private let total: Int
    private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
    private var lastShown = 0
    private var hasBar = false

    /// - Parameter total: what `done` will be at the end.
    init(total: Int) {
        self.total = total
    }

    /// - Parameter text: stands behind the bar.
    mutating func show(done: Int, _ text: String) {
        let percent = total > 0 ? min(100, done * 100 / total) : 100
        if isTerminal {
            let filled = percent * Self.width / 100
            let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
            Output.write("\r[\(bar)] \(percent) %  \(text)", to: .standardError)
            hasBar = true
        } else if percent / 10 > lastShown / 10 {
            Output.complain("\(percent) %  \(text)")
        }
        lastShown = percent
    }

    /// Leaves the bar's line.
    mutating func finish() {
        if hasBar { Output.complain("") }
        hasBar = false
    }
}
