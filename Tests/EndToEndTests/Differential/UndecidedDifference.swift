/// Where Radian answers otherwise than FreeRADIUS and should not; each line goes with its repair.
enum UndecidedDifference {
    private static let cases: [String: String] = [
        "password with two backslashes": escapes, "password with escape": escapes, "pattern with two backslashes": escapes,
        "attribute backslash": escapes, "attribute newline escape": escapes, "attribute octal escape": escapes,
        "attribute quoted escape": escapes, "attribute single quoted escape": escapes, "attribute network path": escapes,
        "attribute blank before number": blanks, "attribute blank after number": blanks,
        "Crypt-Password unless": "Crypt-Password is never compared, so that = assigns it",
    ]
    private static let escapes = "values hold the escapes of a quoted text: backslash, n, octal digits"
    private static let blanks = "blanks around a number are no part of it"

    static func of(_ query: PolicyCase) -> String? {
        cases[query.name]
    }
}
