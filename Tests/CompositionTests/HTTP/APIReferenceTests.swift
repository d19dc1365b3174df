import Composition
import Foundation
import ServerKernel
import Testing

@Suite struct APIReferenceTests {
    @Test func `docs/api.md lists the program's routes as they are; make docs writes it anew`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardizedFileURL
        var reader = ConfigurationReader(yaml: "", file: "radian.yaml", environment: [:])
        var configuration = RadianConfiguration(&reader)
        configuration.dictionaryPath = root.appending(path: "Dictionaries").path
        let written = try String(contentsOf: root.appending(path: "docs/api.md"), encoding: .utf8)
        #expect(try ProgramRoutes.reference(configuration) == written)
    }
}
