/// The rows of a CSV text, octet by octet (RFC 4180, with the liberties of ``CSVReader``).
struct CSVParser {
    private enum State {
        /// Nothing of the field has come.
        case fieldStart
        case unquoted
        case quoted
        /// A quote inside quotes: the first half of a doubled one, or the closing one.
        case quoteInQuoted
        /// The row is wrong: its rest is passed over.
        case skipping
    }

    enum Outcome: Equatable {
        case record(CSVRecord)
        case failure(CSVError)
    }

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private let delimiter: UInt8
    private let recordLimit: Int
    private var state = State.fieldStart
    private var fields: [String] = []
    private var field: [UInt8] = []
    private var recordLength = 0
    private var failure: CSVError?
    /// The current line, and the one on which the current row began.
    private var line = 1
    private var recordLine = 1
    private var followsCarriageReturn = false

    init(delimiter: UInt8, recordLimit: Int) {
        self.delimiter = delimiter
        self.recordLimit = recordLimit
    }

    /// - Returns: the row that the octet ended; nil inside a row and after a blank one.
    mutating func consume(_ octet: UInt8) -> Outcome? {
        let endsPair = followsCarriageReturn && octet == Self.lineFeed
        followsCarriageReturn = octet == Self.carriageReturn
        if endsPair {
            if state == .quoted { store(octet) }
            return nil
        }
        let isLineEnd = octet == Self.lineFeed || octet == Self.carriageReturn
        if isLineEnd { line += 1 }
        switch state {
        case .quoted:
            if octet == Self.quote { state = .quoteInQuoted } else { store(octet) }
        case .skipping:
            return isLineEnd ? endRecord() : nil
        case _ where isLineEnd:
            endField()
            return endRecord()
        case _ where octet == delimiter:
            count()
            endField()
        case .fieldStart where octet == Self.quote:
            state = .quoted
        case .quoteInQuoted where octet == Self.quote:
            store(octet)
            state = .quoted
        case .quoteInQuoted:
            fail(.textAfterQuote)
        case .fieldStart, .unquoted:
            store(octet)
            state = .unquoted
        }
        return nil
    }

    /// - Returns: the row that the end of the text ended, if it is inside one.
    mutating func finish() -> Outcome? {
        if state == .quoted { fail(.unterminatedQuote) }
        if state != .skipping { endField() }
        return endRecord()
    }

    private mutating func store(_ octet: UInt8) {
        count()
        if failure == nil { field.append(octet) }
    }

    private mutating func count() {
        recordLength += 1
        // Quotes keep their meaning, so that the next row begins at a real line end.
        if recordLength > recordLimit, failure == nil { note(.recordTooLong) }
    }

    private mutating func note(_ problem: CSVError.Problem) {
        failure = failure ?? CSVError(line: recordLine, column: fields.count + 1, problem: problem)
    }

    private mutating func fail(_ problem: CSVError.Problem) {
        note(problem)
        state = .skipping
    }

    private mutating func endField() {
        state = .fieldStart
        guard failure == nil else { return field.removeAll() }
        if let text = String(validating: field, as: UTF8.self) {
            fields.append(text)
        } else {
            note(.notText)
        }
        field.removeAll(keepingCapacity: true)
    }

    private mutating func endRecord() -> Outcome? {
        defer {
            state = .fieldStart
            fields = []
            field.removeAll(keepingCapacity: true)
            recordLength = 0
            failure = nil
            recordLine = line
        }
        if let failure { return .failure(failure) }
        let isBlank = fields.allSatisfy { $0.allSatisfy(\.isWhitespace) }
        return isBlank ? nil : .record(CSVRecord(line: recordLine, fields: fields))
    }
}
