import Foundation
import RADIUSDictionary

/// Dictionary trees the tests read.
enum DictionaryFixtures {
    /// The dictionaries that come with the product.
    static let own = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Dictionaries").path
    static let loadedOwn = Result { try AttributeDictionary.load(own) }
    /// Debian's, from the package freeradius-common.
    static let debian = "/usr/share/freeradius"
    static let hasDebian = FileManager.default.fileExists(atPath: debian + "/dictionary")
}

/// A folder of files that goes with the value.
final class TemporaryFolder {
    let path: String

    init(_ files: [String: String]) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("radian-dictionary-\(UUID().uuidString)").path
        for (name, text) in files {
            let file = URL(fileURLWithPath: path).appendingPathComponent(name)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: false, encoding: .utf8)
        }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// What a load that must fail says; nil if it does not fail.
func failure(_ load: () throws -> AttributeDictionary) -> String? {
    do {
        _ = try load()
        return nil
    } catch {
        return String(describing: error)
    }
}
