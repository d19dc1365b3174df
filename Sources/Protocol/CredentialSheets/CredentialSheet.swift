/// A PDF of user names and passwords to hand out, written page by page, so that any number of them needs the memory of one page.
///
/// Texts may be of any script that the machine has fonts for, right-to-left ones included. Confined to the thread that made it.
public struct CredentialSheet {
    /// How the credentials stand on the page.
    public enum Layout: String, Sendable, CaseIterable {
        /// A numbered table, for the desk.
        case list
        /// Ten cards on a page to cut apart, with a QR code where there is a link.
        case cards
    }

    /// Words on the sheet, in the language of its readers.
    public struct Labels: Sendable {
        public var username: String
        public var password: String
        /// Below each card: `Valid until 2026-12-31`; empty for nothing.
        public var note: String

        public init(username: String, password: String, note: String = "") {
            self.username = username
            self.password = password
            self.note = note
        }
    }

    /// A4.
    private static let width = 595.28
    private static let height = 841.89
    private static let margin = 36.0
    private static let rowHeight = 18.0
    private static let columns = 2
    private static let cardRows = 5

    private let canvas: SheetCanvas
    private let layout: Layout
    private let title: String
    private let labels: Labels
    private var count = 0

    /// - Parameters:
    ///   - path: of the file that is made or overwritten.
    ///   - title: heads the list's pages and each card.
    /// - Throws: when the file cannot be written.
    public init(path: String, layout: Layout, title: String, labels: Labels) throws(SheetError) {
        canvas = try SheetCanvas(path: path, width: Self.width, height: Self.height, title: title)
        self.layout = layout
        self.title = title
        self.labels = labels
    }

    /// Adds one credential.
    /// - Parameter link: what the card's QR code holds; nil, or a text that no QR code holds, leaves the code out.
    public mutating func add(username: String, password: String, link: String? = nil) throws(SheetError) {
        let perPage = layout == .list ? Self.rowsPerPage : Self.columns * Self.cardRows
        let position = count % perPage
        if position == 0 {
            if count > 0 { try canvas.endPage() }
            beginPage()
        }
        count += 1
        switch layout {
        case .list: row(position, username, password)
        case .cards: card(position, username, password, link)
        }
    }

    /// Completes the file; call once, and nothing after it.
    public func finish() throws(SheetError) {
        if count == 0 { beginPage() }
        try canvas.endPage()
        try canvas.finish()
    }

    private static let listTop = margin + 52
    private static var rowsPerPage: Int { Int((height - listTop - margin) / rowHeight) }
    private static let inner = width - 2 * margin

    private func beginPage() {
        switch layout {
        case .list:
            canvas.text(title, x: Self.margin, y: Self.margin, width: Self.inner * 0.7, .init(font: "Sans Bold 14"))
            canvas.text(
                labels.note, x: Self.margin + Self.inner * 0.7, y: Self.margin + 4, width: Self.inner * 0.3,
                .init(font: "Sans 9", isRightAligned: true, grey: 0.3))
            let heading = SheetCanvas.Style(font: "Sans Bold 9", grey: 0.3)
            canvas.text(labels.username, x: Self.margin + 40, y: Self.listTop - 18, width: Self.inner * 0.55, heading)
            canvas.text(labels.password, x: Self.passwordColumn, y: Self.listTop - 18, width: Self.passwordWidth, heading)
        case .cards:
            let (cardWidth, cardHeight) = Self.cardSize
            for column in 0...Self.columns {
                let x = Self.margin + Double(column) * cardWidth
                canvas.line(x: x, y: Self.margin, toX: x, toY: Self.height - Self.margin, isDashed: true)
            }
            for row in 0...Self.cardRows {
                let y = Self.margin + Double(row) * cardHeight
                canvas.line(x: Self.margin, y: y, toX: Self.width - Self.margin, toY: y, isDashed: true)
            }
        }
    }

    private static let passwordColumn = margin + inner * 0.65
    private static let passwordWidth = inner * 0.35

    private func row(_ position: Int, _ username: String, _ password: String) {
        let y = Self.listTop + Double(position) * Self.rowHeight
        canvas.line(x: Self.margin, y: y - 2, toX: Self.width - Self.margin, toY: y - 2)
        canvas.text(String(count), x: Self.margin, y: y, width: 34, .init(font: "Sans 8", grey: 0.5))
        canvas.text(username, x: Self.margin + 40, y: y, width: Self.passwordColumn - Self.margin - 48, .init(font: "Sans 10"))
        canvas.text(password, x: Self.passwordColumn, y: y, width: Self.passwordWidth, .init(font: "Monospace 10"))
    }

    private static let cardSize = (
        width: inner / Double(columns), height: (height - 2 * margin) / Double(cardRows)
    )

    private func card(_ position: Int, _ username: String, _ password: String, _ link: String?) {
        let (cardWidth, cardHeight) = Self.cardSize
        let x = Self.margin + Double(position % Self.columns) * cardWidth + 12
        let y = Self.margin + Double(position / Self.columns) * cardHeight + 12
        let side = cardHeight - 48
        let code = link.flatMap { QRCode($0) }
        let full = cardWidth - 24
        let textWidth = code == nil ? full : full - side - 8
        canvas.text(title, x: x, y: y, width: full, .init(font: "Sans Bold 11"))
        let small = SheetCanvas.Style(font: "Sans 8", grey: 0.4)
        canvas.text(labels.username, x: x, y: y + 30, width: textWidth, small)
        canvas.text(username, x: x, y: y + 42, width: textWidth, .init(font: "Sans Bold 11"))
        canvas.text(labels.password, x: x, y: y + 64, width: textWidth, small)
        canvas.text(password, x: x, y: y + 76, width: textWidth, .init(font: "Monospace Bold 12"))
        if !labels.note.isEmpty { canvas.text(labels.note, x: x, y: y + cardHeight - 36, width: textWidth, small) }
        if let code { canvas.code(code, x: x + full - side, y: y + 20, side: side) }
    }
}
