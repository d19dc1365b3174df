import Foundation
import OrganizationSettings

/// An organization's colours as a style sheet, each light and dark variant with enough contrast to be read (WCAG 2.2, 1.4.3 and 1.4.11).
struct PortalTheme: Equatable {
    let css: String

    /// - Parameters:
    ///   - color: `#rrggbb`, of buttons and links.
    ///   - background: the same, behind the page in daylight.
    init(color: String?, background: String?) {
        var light: [String] = []
        var dark: [String] = []
        var grounds = [Color.white, .lightPage]
        var isDark = false
        if var page = background.flatMap(Color.init) {
            isDark = page.isDark
            if isDark {
                // The palette of the night, on a page that is dark enough for its faintest text.
                page = page.darkened(for: .nightDim)
                let card = page.mixed(with: .black, 0.25)
                grounds = [page, card]
                light += ["--text:#eef0f4", "--dim:\(Color.nightDim.text)", "--line:#7d8491", "--bad:#ff9ba1", "--good:#86dba8"]
                light += ["--card:\(card.text)", "--accent:#7db7f5", "--on:#10131a"]
            } else {
                grounds = [.white, page]
                light.append("--text:\(page.readable)")
            }
            light.append("--bg:\(page.text)")
        }
        if let accent = color.flatMap(Color.init) {
            let byDay = accent.readable(on: grounds, towards: isDark ? .white : .black)
            let byNight = accent.readable(on: [.darkCard, .darkPage], towards: .white)
            light += ["--accent:\(byDay.text)", "--on:\(byDay.readable)"]
            dark += ["--accent:\(byNight.text)", "--on:\(byNight.readable)"]
        }
        let plain = light.isEmpty ? "" : ":root{\(light.joined(separator: ";"))}"
        // By night everything is as in base.css but the accent.
        let night = ["--bg:\(Color.darkPage.text)", "--text:#eef0f4", "--card:\(Color.darkCard.text)"] + dark
        css = plain + (light.isEmpty ? "" : "@media (prefers-color-scheme:dark){:root{\(night.joined(separator: ";"))}}")
    }
}

/// A colour of the sRGB space.
struct Color: Equatable {
    var red, green, blue: Double

    static let white = Color(red: 1, green: 1, blue: 1)
    static let black = Color(red: 0, green: 0, blue: 0)
    /// As in `base.css`.
    static let lightPage = Color(red: 0xf3 / 255.0, green: 0xf4 / 255.0, blue: 0xf6 / 255.0)
    static let darkPage = Color(red: 0x10 / 255.0, green: 0x12 / 255.0, blue: 0x16 / 255.0)
    static let darkCard = Color(red: 0x1a / 255.0, green: 0x1d / 255.0, blue: 0x23 / 255.0)
    static let nightDim = Color(red: 0xae / 255.0, green: 0xb4 / 255.0, blue: 0xc0 / 255.0)

    init(red: Double, green: Double, blue: Double) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Reads `#rrggbb`.
    init?(_ text: String) {
        guard text.utf8.count == 7, text.hasPrefix("#"), let bits = UInt32(text.dropFirst(), radix: 16) else { return nil }
        self.init(red: Double(bits >> 16) / 255, green: Double(bits >> 8 & 255) / 255, blue: Double(bits & 255) / 255)
    }

    /// `#rrggbb`.
    var text: String {
        "#"
            + [red, green, blue].map { part in
                let digits = String(Int((part * 255).rounded()), radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
    }

    /// WCAG's relative luminance, 0…1.
    var luminance: Double {
        func linear(_ part: Double) -> Double { part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4) }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// WCAG's contrast ratio, 1…21.
    func contrast(with other: Color) -> Double {
        let (a, b) = (luminance, other.luminance)
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    var isDark: Bool { contrast(with: .white) > contrast(with: .black) }

    /// Black or white, whichever is better read on it; one of them always has a ratio above 4.5.
    var readable: String { isDark ? Color.white.text : Color.black.text }

    func mixed(with other: Color, _ share: Double) -> Color {
        func mix(_ a: Double, _ b: Double) -> Double { a + (b - a) * share }
        return Color(red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
    }

    /// The colour, made as much darker as it takes for a text to be read on it.
    func darkened(for text: Color) -> Color {
        for step in 0...20 {
            let candidate = mixed(with: .black, Double(step) / 20)
            if candidate.contrast(with: text) >= 4.6 { return candidate }
        }
        return .black
    }

    /// The colour, moved as little as it takes to be read as text on some grounds.
    /// - Parameter end: black or white.
    func readable(on grounds: [Color], towards end: Color) -> Color {
        for step in 0...20 {
            let candidate = mixed(with: end, Double(step) / 20)
            // Measured as it is written, rounded to 8 bits.
            guard let written = Color(candidate.text) else { return end }
            if grounds.allSatisfy({ written.contrast(with: $0) >= 4.5 }) { return written }
        }
        return end
    }
}
