import Database
import TestSupport
import Testing

@testable import Sessions

@Suite struct QueryPlanTests {
    @Test(arguments: Engine.available) func `accounting never reads the whole of radacct`(_ engine: Engine) throws {
        try Recording.with(engine) { (recording) throws in
            let connection = try recording.database.engine.connect(.packets)
            try connection.script(
                """
                {{postgres: INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctstoptime)
                    SELECT i, i, 'user' || (i % 1000), ('10.0.0.' || (i % 250))::inet, to_timestamp(i), CASE WHEN i % 10 > 0 THEN to_timestamp(i + 5) END
                    FROM generate_series(1, 10000) AS i}}
                {{sqlite: INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctstoptime)
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
                    SELECT i, i, 'user' || (i % 1000), '10.0.0.' || (i % 250), i, CASE WHEN i % 10 > 0 THEN i + 5 END FROM n}};
                INSERT INTO radian_usage_user (username, zone, hours_back, days_back, granted)
                    SELECT DISTINCT username, 'GMT', 1, 1, '{}' FROM radacct;
                INSERT INTO radian_usage (username, grain, began, seconds, input_octets, output_octets)
                    SELECT DISTINCT username, 0, 0, 1, 1, 1 FROM radacct;
                INSERT INTO radian_usage_stamp (username, stamp) SELECT DISTINCT username, 1 FROM radacct;
                ANALYZE
                """)
            let columns = AccountingSQL.columns([], at: []).count
            let statements = [
                (AccountingSQL.upsert, columns, "acctuniqueid"), (AccountingSQL.setAside, 3, "acctuniqueid"),
                (AccountingSQL.closeAll, 4, "nasipaddress"), (UsageSQL.keptSessions, 1, "acctuniqueid"),
                (UsageSQL.closing, 2, "nasipaddress"),
                (ReportedSessions.known, 1, "acctuniqueid"), (ReportedSessions.reopen, 1, "acctuniqueid"),
                (ReportedSessions.setGroups, 2, "acctuniqueid"), (ReportedSessions.closeOlder, 4, "username"),
                (UsageSQL.recentSessions, 2, "username"), (UsageSQL.settledSessions, 2, "username"),
                (UsageSQL.load, 2, "username"),
            ]
            for (statement, parameters, key) in statements {
                let plan = try connection.plan(of: statement, parameters: parameters)
                #expect(plan.filter(Self.isScan) == [], "\(plan.joined(separator: "\n"))")
                // SQLite finds the conflicting row of an upsert without a step of its own.
                if engine == .sqlite && parameters == columns { continue }
                #expect(plan.filter(Self.isLookUp).joined().contains(key), "\(plan.joined(separator: "\n"))")
            }
        }
    }

    /// The plan of a connection stays when users come; it must not go through everybody's usage then.
    @Test(arguments: Engine.available) func `usage is looked up by name, also by a plan that was made while there was none`(
        _ engine: Engine
    ) throws {
        try Recording.with(engine) { (recording) throws in
            let plan = try recording.database.engine.connect(.packets).plan(of: UsageSQL.load, parameters: 2)
            let steps = plan.filter { $0.contains("grain") && Self.isLookUp($0) }
            #expect(!steps.isEmpty && steps.allSatisfy { $0.contains("username") }, "\(plan.joined(separator: "\n"))")
        }
    }

    /// Whether a step finds rows by their keys, and says which.
    private static func isLookUp(_ step: String) -> Bool {
        step.contains("Index Cond:") || step.contains("Conflict Arbiter Indexes:") || step.hasPrefix("SEARCH")
    }

    /// Whether a step reads a whole table. Of whose usage is kept, `EXISTS` alone goes by no key, and reads one entry.
    private static func isScan(_ step: String) -> Bool {
        let harmless = [
            "SCAN CONSTANT ROW", "SCAN r", "SCAN d", "SCAN radian_usage_user USING COVERING INDEX radian_usage_user_checked",
        ]
        return step.contains("Seq Scan") || step.hasPrefix("SCAN") && !harmless.contains(step) && !step.contains("json_each")
    }
}
