import Foundation

/// Where things are.
enum Project {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    /// The built programs lie beside the test program.
    static let radian = URL(fileURLWithPath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "")
        .deletingLastPathComponent().appending(path: "radian")
    /// Rules of accessibility, where `make portal` has brought them.
    static let accessibilityRules = root.appending(path: ".build/portal/vendor/axe-core/axe.min.js")
}
