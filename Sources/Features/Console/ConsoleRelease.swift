import Digests
import Foundation

/// All files of the console as they were at one moment.
struct ConsoleRelease: Sendable {
    /// By the path behind `/console/assets/<version>/`.
    let files: [String: ConsoleFile]
    /// The page, which names the version and the files of others.
    let page: ConsoleFile
    let version: String

    /// Files of others that the console uses; whatever else lies beside them is not served.
    static let vendorFiles = ["dygraphs/dygraph.min.js", "dygraphs/dygraph.min.css", "qrcode-generator/qrcode.js"]
    private static let largestFile = 8 << 20

    /// Reads the files. Blocks.
    /// - Returns: nil where there is no console.
    init?(_ folders: ConsoleFolders) {
        guard let console = folders.console, let template = try? String(contentsOf: console.appending(path: "index.html"), encoding: .utf8)
        else { return nil }
        var files: [String: ConsoleFile] = [:]
        for name in Self.names(in: console) where name != "index.html" {
            if let bytes = Self.read(console.appending(path: name)) { files[name] = ConsoleFile(name: name, bytes: bytes) }
        }
        var present: [String] = []
        for name in Self.vendorFiles {
            guard let bytes = folders.vendor.flatMap({ Self.read($0.appending(path: name)) }) else { continue }
            files["vendor/" + name] = ConsoleFile(name: name, bytes: bytes)
            present.append(name)
        }
        let sums = files.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.sum)\n" }.joined()
        version = String(Hexadecimal.encode(DigestAlgorithm.sha256.hash(Array(sums.utf8))).prefix(16))
        self.files = files
        let text = template.replacing("{{assets}}", with: "/console/assets/\(version)").replacing(
            "{{vendor}}", with: present.joined(separator: " "))
        page = ConsoleFile(type: "text/html; charset=utf-8", bytes: Array(text.utf8))
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
