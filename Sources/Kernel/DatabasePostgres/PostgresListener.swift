import CPostgres
import Database
import Glibc

/// A session of a server that only listens.
final class PostgresListener: DatabaseListener {
    private let handle: OpaquePointer

    init(parameters: PostgresParameters, channel: String) throws(DatabaseError) {
        guard let handle = parameters.connect() else { throw DatabaseError(.connection, "out of memory") }
        self.handle = handle
        guard PQstatus(handle) == CONNECTION_OK else { throw DatabaseError(.connection, "cannot connect to listen") }
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        let name = channel.replacing("\"", with: "\"\"")
        let result = PQexec(handle, "LISTEN \"\(name)\"")
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK else { throw DatabaseError(.connection, "cannot listen") }
    }

    deinit {
        PQfinish(handle)
    }

    func wait(milliseconds: Int) throws(DatabaseError) -> [String] {
        var told = notifications()
        if !told.isEmpty { return told }
        var wanted = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        let ready = poll(&wanted, 1, Int32(milliseconds))
        if ready == 0 || (ready < 0 && errno == EINTR) { return [] }
        guard ready > 0, PQconsumeInput(handle) == 1, PQstatus(handle) == CONNECTION_OK else {
            throw DatabaseError(.connection, "the connection that listens is lost")
        }
        told = notifications()
        return told
    }

    private func notifications() -> [String] {
        var told: [String] = []
        while let notification = PQnotifies(handle) {
            told.append(String(cString: notification.pointee.extra))
            PQfreemem(notification)
        }
        return told
    }
}
