import Accounts
import Testing

@Suite struct PhoneNumberTests {
    @Test(arguments: [
        ("+393664255801", true), ("+12025550123", true), ("+4930123456", true), ("+1234567", true), ("393664255801", false),
        ("+39 366", false),
        ("+123456", false), ("+1234567890123456", false), ("+0123456789", false), ("+2101234567", false), ("+99912345678", false),
        ("", false),
        ("+", false), ("+39366425580x", false), ("+٣٩٣٦٦٤٢٥٥٨٠١", false),
    ]) func `E.164`(_ text: String, _ isValid: Bool) {
        #expect(PhoneNumber.isValid(text) == isValid)
    }

    @Test(arguments: [
        ("+393664255801", "+39"), ("+12025550123", "+1"), ("+4930123456", "+49"), ("+358401234567", "+358"), ("+77012345678", "+7"),
        ("+99912345678", nil), ("39366", nil),
    ]) func `country codes`(_ number: String, _ code: String?) {
        #expect(PhoneNumber.callingCode(of: number) == code)
    }

    @Test(
        arguments: [
            ("+39 366 425-5801", [], ["+393664255801"]), ("00393664255801", [], ["+393664255801"]),
            ("3664255801", ["+39"], ["+393664255801"]), ("3664255801", ["+39", "+49"], ["+393664255801", "+493664255801"]),
            ("030123456", ["+49"], ["+49030123456", "+4930123456"]), ("3664255801", [], []), ("bob", ["+39"], []),
            ("bob@example.org", ["+39"], []),
            ("12", ["+39"], []), ("", ["+39"], []),
        ] as [(String, [String], [String])]) func `what a person may mean`(_ text: String, _ prefixes: [String], _ numbers: [String])
    {
        #expect(PhoneNumber.candidates(text, prefixes: prefixes) == numbers)
    }
}
