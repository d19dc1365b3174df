import CPango

/// A PDF file under way: pages, texts of any script, lines and QR codes. Lengths are points (1/72 inch) from the page's top left corner.
///
/// Confined to the thread that made it.
final class SheetCanvas {
    /// How a text is set.
    struct Style {
        /// As Pango reads it: `Sans Bold 12`.
        var font: String
        var isRightAligned = false
        var grey = 0.0
    }

    private let pango: cpango
    private let surface: OpaquePointer
    private let context: OpaquePointer
    private let layout: OpaquePointer

    /// - Parameter path: of a file that is made or overwritten; a page is written when the next begins.
    init(path: String, width: Double, height: Double, title: String) throws(SheetError) {
        guard let pango = cpango_load()?.pointee else { throw SheetError(reason: "libpangocairo-1.0.so.0 is missing") }
        self.pango = pango
        surface = pango.cairo_pdf_surface_create(path, width, height)
        context = pango.cairo_create(surface)
        layout = pango.pango_cairo_create_layout(context)
        pango.cairo_pdf_surface_set_metadata(surface, Int32(CAIRO_PDF_METADATA_TITLE), title)
        pango.pango_layout_set_ellipsize(layout, Int32(PANGO_ELLIPSIZE_END))
        try check()
    }

    deinit {
        pango.g_object_unref(UnsafeMutableRawPointer(layout))
        pango.cairo_destroy(context)
        pango.cairo_surface_destroy(surface)
    }

    /// Writes one line of text; what does not fit into the width ends in an ellipsis.
    func text(_ text: String, x: Double, y: Double, width: Double, _ style: Style) {
        let description = pango.pango_font_description_from_string(style.font)
        defer { pango.pango_font_description_free(description) }
        pango.pango_layout_set_font_description(layout, description)
        pango.pango_layout_set_width(layout, Int32(width * Double(PANGO_SCALE)))
        pango.pango_layout_set_alignment(layout, Int32(style.isRightAligned ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT))
        pango.pango_layout_set_single_paragraph_mode(layout, 1)
        pango.pango_layout_set_text(layout, text, -1)
        pango.cairo_set_source_rgb(context, style.grey, style.grey, style.grey)
        pango.cairo_move_to(context, x, y)
        pango.pango_cairo_show_layout(context, layout)
    }

    /// A thin line.
    /// - Parameter isDashed: where scissors go.
    func line(x: Double, y: Double, toX: Double, toY: Double, isDashed: Bool = false) {
        var dashes = [3.0, 3.0]
        pango.cairo_set_dash(context, &dashes, isDashed ? 2 : 0, 0)
        pango.cairo_set_source_rgb(context, 0.6, 0.6, 0.6)
        pango.cairo_set_line_width(context, 0.5)
        pango.cairo_move_to(context, x, y)
        pango.cairo_line_to(context, toX, toY)
        pango.cairo_stroke(context)
    }

    /// A QR code with its quiet zone of four modules inside the square.
    func code(_ code: QRCode, x: Double, y: Double, side: Double) {
        let module = side / Double(code.size + 8)
        pango.cairo_set_source_rgb(context, 0, 0, 0)
        for row in 0..<code.size {
            for run in code.runs(inRow: row) {
                pango.cairo_rectangle(
                    context, x + Double(run.lowerBound + 4) * module, y + Double(row + 4) * module, Double(run.count) * module, module)
            }
        }
        pango.cairo_fill(context)
    }

    /// Ends the page; the next text begins a new one.
    func endPage() throws(SheetError) {
        pango.cairo_show_page(context)
        try check()
    }

    /// Completes the file.
    func finish() throws(SheetError) {
        pango.cairo_surface_finish(surface)
        try check()
    }

    private func check() throws(SheetError) {
        for status in [pango.cairo_status(context), pango.cairo_surface_status(surface)] where status != CAIRO_STATUS_SUCCESS {
            throw SheetError(reason: String(cString: pango.cairo_status_to_string(status)))
        }
    }
}

/// Why a sheet cannot be made: the disk is full, the directory or a library is missing.
public struct SheetError: Error, Equatable, CustomStringConvertible {
    /// As Cairo says it, or that Pango is not installed.
    public let reason: String
    public var description: String { "the sheet cannot be written: \(reason)" }
}
