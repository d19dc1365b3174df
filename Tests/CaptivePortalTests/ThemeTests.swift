import Testing

@testable import CaptivePortal

@Suite struct ThemeTests {
    private func colors(_ css: String) -> (light: [String: Color], dark: [String: Color]) {
        func read(_ text: Substring) -> [String: Color] {
            Dictionary(
                text.matches(of: /--([a-z]+):(#[0-9a-f]{6})/).compactMap { match in
                    Color(String(match.2)).map { (String(match.1), $0) }
                }
            ) { first, _ in first }
        }
        let parts = css.split(separator: "@media", maxSplits: 1, omittingEmptySubsequences: false)
        return (read(parts[0]), read(parts.count > 1 ? parts[1] : ""))
    }

    @Test(
        "whatever the organization's colours, texts can be read",
        arguments: [
            "#ffe000", "#000000", "#ffffff", "#808080", "#ff0000", "#00ff00", "#0000ff", "#0b5cad", "#fefefe", "#123456",
        ])
    func contrast(color: String) throws {
        for background in [nil, "#ffffff", "#101010", "#777777", "#ffe000"] {
            let (light, dark) = colors(PortalTheme(color: color, background: background).css)
            let page = light["bg"] ?? .lightPage
            #expect(try #require(light["accent"]).contrast(with: #require(light["on"])) >= 4.5)
            #expect(try #require(dark["accent"]).contrast(with: #require(dark["on"])) >= 4.5)
            #expect(try #require(dark["accent"]).contrast(with: .darkCard) >= 4.5)
            #expect(try #require(dark["accent"]).contrast(with: .darkPage) >= 4.5)
            let card = light["card"] ?? .white
            #expect(try #require(light["accent"]).contrast(with: card) >= 4.5, "\(color) on \(card.text)")
            if background != nil {
                #expect(try #require(light["text"]).contrast(with: page) >= 4.5)
                #expect(try #require(light["text"]).contrast(with: card) >= 4.5)
                #expect(try #require(light["accent"]).contrast(with: page) >= 4.5)
            }
        }
    }

    @Test("a colour that has contrast enough stays as it is")
    func kept() {
        #expect(colors(PortalTheme(color: "#0b5cad", background: nil).css).light["accent"]?.text == "#0b5cad")
        #expect(PortalTheme(color: nil, background: nil).css == "")
        #expect(PortalTheme(color: "red;}", background: "url(x)").css == "")
    }
}
