/// Writes CSV (RFC 4180) that spreadsheets open without running what somebody put into a cell.
public enum CSVWriter {
    /// Characters with which a spreadsheet takes a cell for a formula.
    private static let formulaBeginnings: Set<Character> = ["=", "+", "-", "@", "\t", "\r"]

    /// One row with its line end, CR LF.
    ///
    /// A field that begins like a formula gets an apostrophe in front, also behind blanks: the cell then shows its text. Numbers with a
    /// sign, such as telephone numbers, are none.
    public static func row(_ fields: [String]) -> String {
        fields.map(field).joined(separator: ",") + "\r\n"
    }

    private static func field(_ text: String) -> String {
        let first = text.first { $0 != " " }
        let beginsAsFormula = text.first.map(formulaBeginnings.contains) == true || first.map(formulaBeginnings.contains) == true
        let isFormula = beginsAsFormula && text.wholeMatch(of: /[+-][0-9]+/) == nil
        let safe = isFormula ? "'" + text : text
        let needsQuotes = isFormula || safe.unicodeScalars.contains { ",;\"\r\n\t".unicodeScalars.contains($0) }
        return needsQuotes ? "\"" + safe.replacing("\"", with: "\"\"") + "\"" : safe
    }
}
