@testable import CredentialSheets
import Foundation
import Testing

/// Sheets as other programs read them.
@Suite struct CredentialSheetTests {
    private static func sheet(_ layout: CredentialSheet.Layout, title: String = "Café", _ entries: [(String, String, String?)]) throws
        -> URL
    {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("radian-sheet-\(UUID().uuidString).pdf")
        var sheet = try CredentialSheet(
            path: url.path, layout: layout, title: title, labels: .init(username: "User name", password: "Password", note: "Until 2030"))
        for entry in entries { try sheet.add(username: entry.0, password: entry.1, link: entry.2) }
        try sheet.finish()
        return url
    }

    /// Runs a program to its end and returns what it writes.
    private static func output(_ program: String, _ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/\(program)")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    private static func pages(_ url: URL) throws -> Int {
        let line = try output("pdfinfo", url.path).split(separator: "\n").first { $0.hasPrefix("Pages:") }
        return try #require(line.flatMap { Int($0.split(separator: " ").last ?? "") })
    }

    @Test(arguments: CredentialSheet.Layout.allCases) func namesOfEveryScriptCanBeReadBack(layout: CredentialSheet.Layout) throws {
        let names = ["josé.müller", "Анна", "Ελένη", "łukasz"]
        let url = try Self.sheet(layout, names.map { ($0, "pw-\($0.utf8.count)", nil) })
        defer { try? FileManager.default.removeItem(at: url) }
        let text = try Self.output("pdftotext", "-layout", url.path, "-")
        for name in names {
            #expect(text.contains(name))
            #expect(text.contains("pw-\(name.utf8.count)"))
        }
        #expect(text.contains("Café"))
        #expect(text.contains("User name"))
        #expect(try Self.output("pdfinfo", url.path).contains("Café"))
    }

    /// pdftotext writes what stands on the page in reading order, with marks for the direction.
    @Test func rightToLeftNamesAreShapedAndKeepTheirLetters() throws {
        let url = try Self.sheet(.cards, [("فاطمة", "pw1", nil), ("דוד", "pw2", nil)])
        defer { try? FileManager.default.removeItem(at: url) }
        let text = try Self.output("pdftotext", url.path, "-")
        let letters = text.precomposedStringWithCompatibilityMapping.unicodeScalars
        for scalar in "فاطمةדוד".unicodeScalars { #expect(letters.contains(scalar)) }
        #expect(text.contains("pw1"))
        // A missing glyph would be drawn from a fallback with its code point in a box.
        #expect(try !Self.output("pdffonts", url.path).contains("LastResort"))
    }

    @Test func codesAreReadByAScanner() throws {
        let links = (1...10).map { "https://wifi.example.org/cafe/login?username=g%C3%A4st%20\($0)" }
        let url = try Self.sheet(.cards, links.enumerated().map { ("guest\($0)", "secret", $1) })
        defer { try? FileManager.default.removeItem(at: url) }
        let image = url.deletingPathExtension().path
        _ = try Self.output("pdftoppm", "-r", "150", "-png", "-singlefile", url.path, image)
        defer { try? FileManager.default.removeItem(atPath: image + ".png") }
        let found = try Self.output("zbarimg", "-q", "--raw", image + ".png").split(separator: "\n").map(String.init)
        #expect(Set(found) == Set(links))
    }

    @Test func aPageHoldsTenCardsOrAFullTable() throws {
        for (layout, count, pages) in [
            (CredentialSheet.Layout.cards, 0, 1), (.cards, 10, 1), (.cards, 11, 2), (.list, 39, 1), (.list, 200, 6),
        ] {
            let url = try Self.sheet(layout, (0..<count).map { ("user\($0)", "pw", nil) })
            defer { try? FileManager.default.removeItem(at: url) }
            #expect(try Self.pages(url) == pages)
        }
    }

    @Test func textsThatLookLikeMarkupOrAreTooLongStayInTheirPlace() throws {
        let url = try Self.sheet(.list, [("<b>bold</b> & more", "a<i>b", nil), (String(repeating: "x", count: 300), "endmark", nil)])
        defer { try? FileManager.default.removeItem(at: url) }
        #expect(try Self.output("pdftotext", "-layout", url.path, "-").contains("<b>bold</b> & more"))
        let words = try Self.output("pdftotext", "-bbox", url.path, "-").split(separator: "\n")
        func edge(_ attribute: String, of word: String) throws -> Double {
            let line = try #require(words.first { $0.contains(word) })
            let value = try #require(line.components(separatedBy: "\(attribute)=\"").last?.split(separator: "\"").first)
            return try #require(Double(value))
        }
        #expect(try edge("xMax", of: "xxxx") < edge("xMin", of: "endmark"))
    }

    @Test func aPathThatCannotBeWrittenIsAnError() {
        #expect(throws: SheetError.self) {
            _ = try CredentialSheet(path: "/absent/sheet.pdf", layout: .list, title: "", labels: .init(username: "", password: ""))
        }
    }

    @Test func aTextThatNoCodeHoldsLeavesItOut() {
        #expect(QRCode("") == nil)
        #expect(QRCode(String(repeating: "x", count: 3000)) == nil)
        #expect(QRCode("https://example.org")?.size == 25)
    }
}
