import Documents
import Testing

@Suite struct CSVWriterTests {
    @Test(arguments: [
        (["bob", "Bob Jones"], "bob,Bob Jones\r\n"), (["a,b", "c\"d", "e;f"], "\"a,b\",\"c\"\"d\",\"e;f\"\r\n"),
        (["two\nlines", ""], "\"two\nlines\",\r\n"),
    ]) func fieldsAreQuotedWhereTheyMustBe(fields: [String], text: String) {
        #expect(CSVWriter.row(fields) == text)
    }

    @Test(arguments: ["=1+1", "+39-1", "-2+3|cmd", "+", "@SUM(A1)", "\t=1", "\r=1", "  =HYPERLINK(\"http://example.org\")"])
    func formulasBecomeTexts(text: String) {
        #expect(CSVWriter.row([text]) == "\"'" + text.replacing("\"", with: "\"\"") + "\"\r\n")
    }

    @Test(arguments: ["+393664255801", "-2"]) func numbersStayNumbers(text: String) {
        #expect(CSVWriter.row([text]) == text + "\r\n")
    }

    @Test func whatIsWrittenReadsBack() throws {
        let fields = ["a\"b", "c,d", "e\r\nf", "g"]
        var octets = Array(CSVWriter.row(fields).utf8)
        var reader = CSVReader {
            defer { octets = [] }
            return octets
        }
        #expect(try reader.next()?.fields == fields)
    }
}
