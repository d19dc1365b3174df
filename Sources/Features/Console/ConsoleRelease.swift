import Digests
import Foundation

/// All files of the console as they were at one moment.
struct ConsoleRelease: Sendable {
    /// By the path behind `/console/assets/<version>/`.
    let files: [String: ConsoleFile]
    /// The pages by name, which name the version and the files of others: `index.html` and those that features show outside of the console.
    let pages: [String: ConsoleFile]
    let version: String

    /// Files of others that the console uses; whatever else lies beside them is not served.
    static let vendorFiles = [
        "dygraphs/dygraph.min.js", "dygraphs/dygraph.min.css", "qrcode-generator/qrcode.js", "d3/d3-collection.min.js",
        "d3/d3-dispatch.min.js", "d3/d3-force.min.js", "d3/d3-quadtree.min.js", "d3/d3-timer.min.js", "leaflet/leaflet.css",
        "leaflet/leaflet.js",
    ]
    private static let largestFile = 8 << 20

    /// Reads the files. Blocks.
    /// - Returns: nil where there is no console.
    init?(_ folders: ConsoleFolders) {
        guard let console = folders.console else { return nil }
        var templates: [String: String] = [:]
        for name in Self.names(in: console) where name.hasSuffix(".html") {
            if let bytes = Self.read(console.appending(path: name)) { templates[name] = String(decoding: bytes, as: UTF8.self) }
        }
        guard templates["index.html"] != nil else { return nil }
        var files: [String: ConsoleFile] = [:]
        for name in Self.names(in: console) where !name.hasSuffix(".html") {
            if let bytes = Self.read(console.appending(path: name)) { files[name] = ConsoleFile(name: name, bytes: bytes) }
        }
        var present: [String] = []
        for name in Self.vendorFiles {
            guard let bytes = folders.vendor.flatMap({ Self.read($0.appending(path: name)) }) else { continue }
            files["vendor/" + name] = ConsoleFile(name: name, bytes: bytes)
            present.append(name)
        }
        let sums = files.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.sum)\n" }.joined()
        let version = String(Hexadecimal.encode(DigestAlgorithm.sha256.hash(Array(sums.utf8))).prefix(16))
        self.version = version
        self.files = files
        pages = templates.mapValues { template in
            let text = template.replacing("{{assets}}", with: "/console/assets/\(version)").replacing(
                "{{vendor}}", with: present.joined(separator: " "))
            return ConsoleFile(type: "text/html; charset=utf-8", bytes: Array(text.utf8))
        }
    }

    /// Paths of all files below a folder.
    private static func names(in folder: URL) -> [String] {
        guard let all = FileManager.default.enumerator(atPath: folder.path) else { return [] }
        return all.compactMap { $0 as? String }
    }

    private static func read(_ file: URL) -> [UInt8]? {
        guard let size = (try? FileManager.default.attributesOfItem(atPath: file.path))?[.size] as? NSNumber, size.intValue <= largestFile,
            let data = try? Data(contentsOf: file)
        else { return nil }
        return Array(data)
    }

    /// What differs whenever a file was changed, added or removed. Blocks.
    static func stamp(_ folders: ConsoleFolders) -> [String: Date] {
        var stamps: [String: Date] = [:]
        func note(_ file: URL) {
            stamps[file.path] = (try? FileManager.default.attributesOfItem(atPath: file.path))?[.modificationDate] as? Date
        }
        if let console = folders.console { for name in names(in: console) { note(console.appending(path: name)) } }
        if let vendor = folders.vendor { for name in vendorFiles { note(vendor.appending(path: name)) } }
        return stamps
    }
}
