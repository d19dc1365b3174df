import Accounts
import Database
import Proxying
import ServerKernel
import TestSupport
import Testing
import WebRouting

/// Realms, home servers and pools: who changed what is written down with the change, and only with it, without secrets.
@Suite struct ProxyAuditTests {
    private static let alice = ChangeAuthor(name: "command line (alice)")
    private static let server = ProxyRecord([
        "name": "uni", "host": "radius.example.org", "secret": "hush of all", "type": "auth", "status_check": "request",
        "check_user": "ping", "check_password": "hush of ping",
    ])

    private func with(_ engine: Engine, _ body: (any DatabaseConnection, ProxyChanges) throws -> Void) throws {
        try TestDatabase.with(engine) { (database) throws in
            let connection = try database.engine.connect(.general)
            try Migrator([AccountsModule.migrations, ProxyingModule.migrations]).migrate(connection)
            try ChangeAuthor.$current.withValue(Self.alice) { try body(connection, ProxyChanges(connection)) }
        }
    }

    @Test(arguments: Engine.available) func `changes are told without secrets`(_ engine: Engine) throws {
        try with(engine) { connection, changes in
            try changes.addHomeServer(Self.server)
            try changes.addPool(ProxyRecord(["name": "unis", "servers": "uni", "method": "keyed-balance", "key": "User-Name"]))
            try changes.addRealm(
                ProxyRecord(["name": "example.org", "auth_pool": "unis", "request_filter": "set Tunnel-Password = \"hush\"", "strip": "no"])
            )
            try changes.addRealm(ProxyRecord(["name": "DEFAULT", "reply_filter": "allow Session-Timeout <= 60"]))
            try changes.removeRealm("example.org")
            try changes.removePool("unis")
            try changes.removeHomeServer("uni")
            let ofServer =
                #"{"name":"uni","type":"auth","host":"radius.example.org","status_check":"request","check_user":"ping"}"#
            let ofPool = #"{"name":"unis","method":"keyed-balance","servers":"uni","key_attributes":"User-Name"}"#
            let ofRealm = #"{"name":"example.org","auth_pool":"unis","strip":"no","request_filter":"***"}"#
            let rows = try connection.auditRows()
            #expect(
                rows == [
                    AuditRow(Self.alice.name, "added home server", "uni", after: ofServer),
                    AuditRow(Self.alice.name, "added home server pool", "unis", after: ofPool),
                    AuditRow(Self.alice.name, "added realm", "example.org", after: ofRealm),
                    AuditRow(
                        Self.alice.name, "added realm", "DEFAULT",
                        after: #"{"name":"DEFAULT","reply_filter":"allow Session-Timeout <= 60"}"#),
                    AuditRow(Self.alice.name, "removed realm", "example.org", before: ofRealm),
                    AuditRow(Self.alice.name, "removed home server pool", "unis", before: ofPool),
                    AuditRow(Self.alice.name, "removed home server", "uni", before: ofServer),
                ])
            #expect(!"\(rows)".contains("hush"))
        }
    }

    @Test(arguments: Engine.available) func `what is refused or fails is not told, and what is not told is not done`(_ engine: Engine)
        throws
    {
        try with(engine) { connection, changes in
            try changes.addHomeServer(Self.server)
            #expect(throws: ProxyingError.exists(kind: "home server", name: "uni")) { try changes.addHomeServer(Self.server) }
            #expect(throws: ProxyingError.self) { try changes.addHomeServer(ProxyRecord(["name": "x", "host": "192.0.2.1"])) }
            #expect(throws: ProxyingError.self) { try changes.addPool(ProxyRecord(["name": "x"])) }
            #expect(throws: ProxyingError.self) { try changes.addRealm(ProxyRecord([:])) }
            #expect(throws: ProxyingError.unknown(kind: "realm", name: "x")) { try changes.removeRealm("x") }
            #expect(throws: ProxyingError.unknown(kind: "pool", name: "x")) { try changes.removePool("x") }
            #expect(throws: ProxyingError.unknown(kind: "home server", name: "x")) { try changes.removeHomeServer("x") }
            #expect(try connection.auditRows().count == 1)

            try connection.dropAudit()
            #expect(throws: DatabaseError.self) { try changes.addPool(ProxyRecord(["name": "unis", "servers": "uni"])) }
            #expect(throws: DatabaseError.self) { try changes.addRealm(ProxyRecord(["name": "DEFAULT"])) }
            #expect(throws: DatabaseError.self) { try changes.removeHomeServer("uni") }
            let store = ProxyStore(connection)
            #expect(try store.homeServers() == [Self.server])
            #expect(try store.pools().isEmpty && store.realms().isEmpty)
        }
    }
}
