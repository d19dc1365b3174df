import Digests
public import Foundation
import Mustache

/// The files of `Portal/login`: templates, the style sheet and the one script, both of which stand inside each page.
public struct PortalTemplates: Sendable {
    let library: MustacheLibrary
    let css: String
    let script: String

    /// Why the pages cannot be served.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Reads the files.
    /// - Parameter folder: `Portal/login`.
    public init(folder: URL) throws(Failure) {
        func text(_ name: String) throws(Failure) -> String {
            do {
                return try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            } catch {
                throw Failure(description: "\(folder.path)/\(name) cannot be read")
            }
        }
        css = try text("base.css")
        script = try text("comfort.js")
        // Both stand inside an element, whose end they must not hold.
        guard !css.lowercased().contains("</style"), !script.lowercased().contains("</script") else {
            throw Failure(description: "\(folder.path): base.css and comfort.js cannot hold end tags")
        }
        var library = MustacheLibrary()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where name.hasSuffix(".mustache") {
            do {
                try library.register(text(name), named: String(name.dropLast(9)))
            } catch let failure as Failure {
                throw failure
            } catch {
                throw Failure(description: "\(folder.path)/\(name) is no template: \(error)")
            }
        }
        for name in Self.needed where library.getTemplate(named: name) == nil {
            throw Failure(description: "\(folder.path)/\(name).mustache is missing")
        }
        self.library = library
    }

    private static let needed = [
        "consent", "field", "form", "hand-off", "layout", "log-in", "mail", "message", "sign-up", "state", "status", "terms", "verify",
    ]

    /// `'sha256-…'` of a text, as a content security policy names it (CSP level 3 §2.3.1).
    static func source(of text: String) -> String {
        "'sha256-\(Data(DigestAlgorithm.sha256.hash(Array(text.utf8))).base64EncodedString())'"
    }
}
