public import Localization

/// What an e-mail says.
public struct EmailContent: Sendable, Equatable {
    /// A link that stands out.
    public struct Button: Sendable, Equatable {
        public var text: String
        public var url: String

        public init(text: String, url: String) {
            self.text = text
            self.url = url
        }
    }

    public var title: String
    /// Plain text; paragraphs are parted by empty lines.
    public var body: String
    /// HTML in place of the body's; whoever wrote it escaped what was put in.
    public var html: String?
    public var button: Button?

    public init(title: String, body: String, html: String? = nil, button: Button? = nil) {
        self.title = title
        self.body = body
        self.html = html
        self.button = button
    }
}

/// What all e-mails have in common: logo, title, body, button, footer, and the same as text.
public struct EmailFrame: Sendable, Equatable {
    /// No: text only.
    public var hasHTML = true
    /// Absolute address of a picture; empty for none.
    public var logoURL = ""
    /// Text below everything; empty for none.
    public var footer = ""
    /// Colour of the button, `#2b6cb0`.
    public var accentColor = "#1f5fa8"

    public init() {}

    /// The text alternative.
    public func text(_ content: EmailContent) -> String {
        var parts = [content.body.trimmingNewlines]
        if let button = content.button { parts.append("\(button.text):\n\(button.url)") }
        // The line by which mail programs know where a signature begins.
        if !footer.isEmpty { parts.append("-- \n\(footer)") }
        return parts.joined(separator: "\n\n") + "\n"
    }

    /// The HTML alternative; nil where e-mails are text only.
    ///
    /// Tables and inline styles, as mail programs know little else.
    public func html(_ content: EmailContent, in language: Language) -> String? {
        guard hasHTML else { return nil }
        var rows: [String] = []
        if !logoURL.isEmpty {
            rows.append("<img src=\"\(Self.escaped(logoURL))\" alt=\"\" style=\"max-height:64px;max-width:100%;border:0\">")
        }
        rows.append("<h1 style=\"font-size:20px;line-height:1.3;margin:0\">\(Self.escaped(content.title))</h1>")
        rows.append(content.html ?? Self.paragraphs(content.body))
        if let button = content.button, let url = Self.link(button.url) {
            rows.append(
                """
                <a href="\(url)" style="display:inline-block;background:\(Self.escaped(accentColor));color:#ffffff;text-decoration:none;\
                padding:12px 24px;border-radius:4px;font-weight:bold">\(Self.escaped(button.text))</a>
                """)
            rows.append("<p style=\"font-size:12px;color:#555555;word-break:break-all;margin:0\">\(Self.escaped(button.url))</p>")
        }
        if !footer.isEmpty { rows.append("<p style=\"font-size:12px;color:#555555;margin:0\">\(Self.lines(footer))</p>") }
        let cells = rows.map { "<tr><td style=\"padding:8px 24px\">\($0)</td></tr>" }.joined(separator: "\n")
        return """
            <!DOCTYPE html>
            <html lang="\(language.rawValue)">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>\(Self.escaped(content.title))</title></head>
            <body style="margin:0;padding:24px 0;background:#f2f4f7">
            <table role="presentation" align="center" width="100%" cellspacing="0" cellpadding="0" style="max-width:600px;background:#ffffff;\
            border-radius:6px;padding:16px 0;font-family:Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5;color:#1a1a1a">
            \(cells)
            </table>
            </body>
            </html>

            """
    }

    private static func paragraphs(_ text: String) -> String {
        text.trimmingNewlines.split(separator: "\n\n", omittingEmptySubsequences: true)
            .map { "<p style=\"margin:0 0 12px 0\">\(lines(String($0)))</p>" }.joined(separator: "\n")
    }

    private static func lines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { escaped(String($0)) }.joined(separator: "<br>\n")
    }

    /// Only addresses of the web are links: others could run a script.
    private static func link(_ url: String) -> String? {
        ["https://", "http://"].contains { url.lowercased().hasPrefix($0) } ? escaped(url) : nil
    }

    /// Text as the inside of an element or of a quoted attribute.
    public static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}

extension String {
    fileprivate var trimmingNewlines: String {
        var text = self[...]
        while text.first?.isNewline == true { text.removeFirst() }
        while text.last?.isNewline == true { text.removeLast() }
        return String(text)
    }
}
