import CQREncode

/// The modules of a QR code (ISO/IEC 18004), without the quiet zone.
struct QRCode: Equatable {
    /// Modules in a row and rows.
    let size: Int
    /// Row by row; true is dark.
    let modules: [Bool]

    /// Encodes a text at error correction level M, in the smallest version that holds it.
    ///
    /// Nil for an empty text, one with a NUL, and one of more octets than the largest version takes (2331).
    init?(_ text: String) {
        guard !text.isEmpty, !text.utf8.contains(0), let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else { return nil }
        defer { QRcode_free(code) }
        size = Int(code.pointee.width)
        // The lowest bit of each octet is the module; the others tell its role.
        modules = UnsafeBufferPointer(start: code.pointee.data, count: size * size).map { $0 & 1 == 1 }
    }

    /// Dark modules of a row as runs, so that a page needs a rectangle for each run instead of each module.
    func runs(inRow row: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start: Int?
        for column in 0...size {
            let isDark = column < size && modules[row * size + column]
            if isDark, start == nil { start = column }
            if !isDark, let begin = start {
                runs.append(begin..<column)
                start = nil
            }
        }
        return runs
    }
}
