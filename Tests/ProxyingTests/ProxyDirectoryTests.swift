import Database
import Proxying
import RADIUSProxy
import RADIUSTransport
import RADIUSWire
import TestSupport
import Testing

@Suite struct ProxyDirectoryTests {
    private func router(_ link: ScriptedLink) throws -> ProxyRouter {
        ProxyRouter(dictionary: try dictionary.get(), settings: ProxySettings(), links: { _, _ in link }, logger: quiet)
    }

    @Test(arguments: Engine.available) func rowsAddToTheFileAndTakeEffectAtARefresh(engine: Engine) throws {
        try TestDatabase.migrated(engine) { connection, _ in
            let router = try router(ScriptedLink { _, _ in nil })
            let directory = ProxyDirectory(
                ConfiguredProxies(homeServers: [ProxyRecord(["name": "file", "host": "192.0.2.1", "secret": "s"])]), router: router,
                logger: quiet)
            try directory.refresh(over: connection)
            #expect(router.statuses.map(\.name) == ["file", "file"], "one for logins, one for accounting")
            let store = ProxyStore(connection)
            try store.addHomeServer(ProxyRecord(["name": "row", "host": "192.0.2.2", "secret": "s", "type": "acct"]))
            try store.addHomeServer(ProxyRecord(["name": "FILE", "host": "192.0.2.3", "secret": "s", "type": "acct"]))
            try store.addPool(ProxyRecord(["name": "pool", "servers": "row"]))
            try directory.refresh(over: connection)
            #expect(router.statuses.map(\.name) == ["file", "file", "row"], "the file wins over a row of its name")
            #expect(router.isUsable(pool: "pool", .accounting))
            #expect(!router.isUsable(pool: "pool", .authentication))
            try store.removeHomeServer("row")
            try directory.refresh(over: connection)
            #expect(router.statuses.map(\.name) == ["file", "file"])
            #expect(!router.isUsable(pool: "pool", .accounting))
            router.stop()
        }
    }
}
