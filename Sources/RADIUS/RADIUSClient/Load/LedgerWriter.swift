/// One thread's lines of a ledger: `sent ID KIND EPOCH SECONDS INPUT OUTPUT USER` before a request leaves for the first time, and `acked ID`
/// when its reply was verified.
///
/// Lines survive the end of the program, however it ends, from ``flush()`` on; a crash of the generator's machine may cost the last ones.
struct LedgerWriter: Sendable {
    private let file: LedgerFile
    private var lines: [UInt8] = []

    init(_ file: LedgerFile) {
        self.file = file
    }

    mutating func sent(_ id: String, _ request: LoadLedger.Request, userName: String) {
        append(
            """
            sent \(id) \(request.kind.rawValue) \(request.epoch) \(request.seconds) \(request.inputOctets) \(request.outputOctets) \
            \(userName)\n
            """)
    }

    mutating func acknowledged(_ id: String) {
        append("acked \(id)\n")
    }

    mutating func flush() {
        if lines.isEmpty { return }
        file.append(lines)
        lines.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ line: String) {
        lines.append(contentsOf: line.utf8)
    }
}
