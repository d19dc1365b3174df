import Foundation
import RADIUSDictionary
import Testing

/// Every file of `Tests/Vectors/radius` over the project's own dictionaries.
struct VectorTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let folder = root.appending(path: "Tests/Vectors/radius")
    private static let project = Result { try AttributeDictionary.load(root.appending(path: "Dictionaries").path) }
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".txt") }.sorted()

    @Test func filesAreThere() {
        #expect(Self.names.contains("rfc2865-7.1.txt"))
    }

    @Test(arguments: names)
    func vectors(_ name: String) throws {
        let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
        try VectorFile(name: name, text: text, project: Self.project.get())
    }
}
