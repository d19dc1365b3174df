import CPostgres
import Dispatch
import Glibc

/// Waits for the answer to a command that was sent, up to a moment.
///
/// libpq's own functions wait for as long as the connection exists. That of a server whose processes stand still, as on a machine that is
/// suspended or whose disk does not answer, exists until somebody mends it, and another server may have taken over long since.
struct PostgresAnswer {
    /// Beyond the limit that the server sets itself, so that it comes first wherever the server works.
    static let patience: UInt64 = 15_000_000_000

    private let handle: OpaquePointer
    private let deadline: UInt64

    /// - Parameter isPatient: whether to wait without a limit.
    init(_ handle: OpaquePointer, isPatient: Bool) {
        self.handle = handle
        deadline = isPatient ? .max : DispatchTime.now().uptimeNanoseconds + Self.patience
    }

    /// The result, the first that failed or else the last, which the caller frees. Nil without an answer in time, or without memory; the
    /// connection is of no use then.
    func wait() -> OpaquePointer? {
        var kept: OpaquePointer?
        while true {
            while PQisBusy(handle) == 1 {
                guard isReadable() else {
                    PQclear(kept)
                    return nil
                }
                // A lost connection ends the wait; the result says so.
                if PQconsumeInput(handle) == 0 { break }
            }
            guard let result = PQgetResult(handle) else { return kept }
            if kept == nil || PQresultStatus(kept) != PGRES_FATAL_ERROR {
                PQclear(kept)
                kept = result
            } else {
                PQclear(result)
            }
        }
    }

    private func isReadable() -> Bool {
        while true {
            let now = DispatchTime.now().uptimeNanoseconds
            guard now < deadline else { return false }
            var wanted = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
            let ready = poll(&wanted, 1, deadline == .max ? -1 : Int32((deadline - now) / 1_000_000 + 1))
            if ready > 0 || (ready < 0 && errno != EINTR) { return true }
        }
    }
}
