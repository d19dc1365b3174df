import Accounts
import Database
import Logging
import NASClients
import RADIUSPipeline
import ServerKernel
import Sessions
import TestSupport
import Testing

@testable import AccessPolicy

@Suite struct RuleStoreTests {
    typealias Engine = TestDatabase.Engine

    private func with(_ engine: Engine, _ body: (any DatabaseConnection, RuleStore) throws -> Void) throws {
        try TestDatabase.with(engine) { database in
            let connection = try database.engine.connect(.general)
            try Migrator([
                AccountsModule.migrations, NASClientsModule.migrations, SessionsModule.migrations, AccessPolicyModule.migrations,
            ]).migrate(connection)
            try body(connection, RuleStore(connection))
        }
    }

    @Test(arguments: Engine.available) func `rules keep their order through every change`(_ engine: Engine) throws {
        try with(engine) { _, store in
            for name in ["a", "b", "c", "d"] { try store.add(name: name, definition: "then: {vlan: 1}", organizationID: nil) }
            func names() throws -> [String] { try store.all().map(\.name) }
            #expect(try names() == ["a", "b", "c", "d"])
            try store.move("d", before: "b")
            #expect(try names() == ["a", "d", "b", "c"])
            try store.move("a", before: nil)
            #expect(try names() == ["d", "b", "c", "a"])
            try store.move("b", before: "b")
            #expect(try names() == ["d", "b", "c", "a"])
            try store.remove("b")
            try store.add(name: "e", definition: "then: {vlan: 1}", organizationID: nil)
            #expect(try names() == ["d", "c", "a", "e"])
            #expect(throws: RuleError.exists("a")) { try store.add(name: "a", definition: "", organizationID: nil) }
            #expect(throws: RuleError.unknown("b")) { try store.remove("b") }
            #expect(throws: RuleError.unknown("x")) { try store.move("a", before: "x") }
            #expect(throws: RuleError.invalidName) { try store.add(name: "a\nb", definition: "", organizationID: nil) }
            #expect(try names() == ["d", "c", "a", "e"])
        }
    }

    @Test(arguments: Engine.available) func `the registry puts rows behind the file's rules and skips broken ones`(_ engine: Engine) throws
    {
        try with(engine) { connection, store in
            let configured = try RuleFixture.parse("[{name: first, then: {vlan: 1}}]").get()
            let registry = RuleRegistry(
                configured: configured, dictionary: try RuleFixture.dictionary.get(), logger: Logger(label: "test"))
            #expect(registry.rules.count == 1)
            try store.add(name: "second", definition: "when: {ssid: x}\nthen: {vlan: 2}", organizationID: nil)
            try store.add(name: "broken", definition: "then: {vlann: 2}", organizationID: nil)
            try store.add(name: "no yaml", definition: "then: {", organizationID: nil)
            try registry.refresh(over: connection)
            #expect(registry.rules.count == 2)
            registry.setConfigured([])
            #expect(registry.rules.count == 1)
            try store.remove("second")
            try registry.refresh(over: connection)
            #expect(registry.rules.count == 0)
            let row = try #require(try store.all().first { $0.name == "broken" })
            let (rule, problems) = RuleRegistry.rule(row, dictionary: try RuleFixture.dictionary.get())
            #expect(rule == nil)
            #expect(problems.map(\.description) == ["rule broken:1: 'then' has no key 'vlann'; did you mean 'vlan'?"])
        }
    }
}
