import Database
import TestSupport
import Testing

/// The same rows and the same requests for Debian's FreeRADIUS and for the running program.
@PeerThread
@Suite
struct DifferentialTests {
    private nonisolated static let engines = TestDatabase.Engine.available.filter(FreeRADIUSProcess.isInstalled)

    @Test("the same code and the same attributes as FreeRADIUS, or a listed difference", arguments: engines)
    func sameAnswers(engine: TestDatabase.Engine) throws {
        let corpus = PolicyCorpus.all
        try #require(corpus.cases.count >= 600)
        try #require(Set(corpus.cases.map(\.name)).count == corpus.cases.count)
        try Site.with(engine) { site in
            try site.add(corpus)
            let oracle = try FreeRADIUSProcess(site.database)
            let server = try ServerUnderTest.start(site.database.url)
            for query in corpus.cases {
                let expected = try ServerAnswer.ask(oracle.auth(), query)
                let actual = try ServerAnswer.ask(server.auth(), query)
                if let difference = DeliberateDifference.of(query) {
                    #expect(!actual.isSame(as: expected), "\(query.name) is listed as different (\(difference)), but is not: \(actual)")
                } else if !actual.isSame(as: expected) {
                    Issue.record("\(query)\n  FreeRADIUS: \(expected)\n  Radian:     \(actual)")
                }
            }
            #expect(try server.stop() == .code(0))
            try oracle.stop()
        }
    }
}

extension Site {
    fileprivate func add(_ corpus: PolicyCorpus) throws {
        try connection.script("BEGIN")
        for query in corpus.cases { try addUser(query.name, check: query.check, reply: query.reply, groups: query.groups) }
        for group in corpus.groups { try addGroup(group.name, check: group.check, reply: group.reply) }
        for (number, session) in PolicyCorpus.sessions.enumerated() {
            let stopped = session.isOpen ? "NULL" : try connection.dialect.render("{{timestamp 1700000100}}")
            try connection.script(
                """
                INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, acctstoptime, callingstationid)
                VALUES ('s\(number)', 'u\(number)', '\(session.user)', '127.0.0.1', {{timestamp 1700000000}}, \(stopped), 'AA-AA-AA-AA-AA-0\(number)')
                """)
        }
        try connection.script("COMMIT")
    }
}
