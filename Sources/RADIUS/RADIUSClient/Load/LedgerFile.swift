import Glibc
import NIOConcurrencyHelpers

/// The open file of a ledger, to which all threads of a run append.
final class LedgerFile: Sendable {
    private let descriptor: Int32
    private let failure = NIOLockedValueBox<Int32?>(nil)

    /// Opens or makes the file; what it holds stays.
    init(_ path: String) throws(ClientError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .system("open the ledger", errno) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Appends whole lines, so that those of two threads do not mix.
    func append(_ lines: [UInt8]) {
        let count = write(descriptor, lines, lines.count)
        if count != lines.count { failure.withLockedValue { $0 = count < 0 ? errno : ENOSPC } }
    }

    /// - Throws: what went wrong with a line.
    func check() throws(ClientError) {
        if let code = failure.withLockedValue({ $0 }) { throw .system("write the ledger", code) }
    }
}
