import Database
import ServerKernel
import TestSupport
import Testing

@Suite struct ServerSecretsTests {
    @Test(arguments: TestDatabase.Engine.available)
    func `a key is made once and kept`(engine: TestDatabase.Engine) throws {
        try TestDatabase.with(engine) { database in
            let connection = try database.engine.connect(.general)
            _ = try Migrator([ServerSecrets.migrations]).migrate(connection)
            let first = try ServerSecrets.key("eap", over: connection)
            #expect(first.count == 32)
            #expect(try ServerSecrets.key("eap", over: try database.engine.connect(.general)) == first)
            #expect(try ServerSecrets.key("other", over: connection) != first)
        }
    }
}
