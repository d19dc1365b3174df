import Foundation
import Testing

/// What can be known of the console's files without a browser.
@Suite("Console pages")
struct ConsolePagesTests {
    private static let console = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Portal/console")

    private static var scripts: [String: String] {
        get throws {
            let names = try #require(FileManager.default.enumerator(atPath: console.path)).compactMap { $0 as? String }.filter {
                $0.hasSuffix(".js")
            }
            return Dictionary(
                uniqueKeysWithValues: try names.map { ($0, try String(contentsOf: console.appending(path: $0), encoding: .utf8)) })
        }
    }

    @Test("Every declared page exists and every page's folder is declared")
    func registry() throws {
        let scripts = try Self.scripts
        let declared = Set(try #require(scripts["pages/index.js"]).matches(of: /import\("\.\/([^"]+)"\)/).map { "pages/\($0.1)" })
        #expect(declared.isSubset(of: scripts.keys))
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.console.appending(path: "pages").path).filter {
            !$0.hasSuffix(".js")
        }
        let used = Set(declared.compactMap { $0.split(separator: "/").dropFirst().first.map(String.init) })
        // The login page is there before anybody may see a page.
        #expect(Set(folders) == used.union(["login"]))
    }

    @Test("Every import names a file and something that the file gives")
    func imports() throws {
        let scripts = try Self.scripts
        for (name, text) in scripts {
            let folder = URL(fileURLWithPath: "/" + name).deletingLastPathComponent()
            for match in text.matches(of: /import (?:\w+|\{([^}]*)\}) from "([^"]+)"/) {
                let target = String(folder.appending(path: String(match.2)).standardizedFileURL.path.dropFirst())
                let source = try #require(scripts[target], "\(name): \(match.2)")
                for word in (match.1 ?? "").split(separator: ",") {
                    let word = word.split(separator: " ").first.map(String.init) ?? ""
                    let isGiven = ["function", "async function", "const", "class"].contains { source.contains("export \($0) \(word)") }
                    #expect(isGiven, "\(name): \(word) of \(target)")
                }
            }
        }
    }

    @Test("No script writes markup, evaluates text or keeps credentials")
    func forbidden() throws {
        for (name, text) in try Self.scripts {
            for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "sessionStorage"] {
                #expect(!text.contains(word), "\(name): \(word)")
            }
            if name != "core/preferences.js" { #expect(!text.contains("localStorage"), "\(name)") }
        }
    }
}
