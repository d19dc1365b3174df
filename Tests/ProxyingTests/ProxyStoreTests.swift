import Database
import Proxying
import RADIUSProxy
import RADIUSTransport
import RADIUSWire
import TestSupport
import Testing

@Suite struct ProxyStoreTests {
    @Test(arguments: Engine.available) func recordsComeBackAsTheyWere(engine: Engine) throws {
        try TestDatabase.migrated(engine) { connection, _ in
            let store = ProxyStore(connection)
            let server = ProxyRecord([
                "name": "uni", "host": "radius.example.org", "secret": "0x010203", "type": "auth", "status_check": "status-server",
                "zombie_period": "5.5",
            ])
            let pool = ProxyRecord(["name": "unis", "servers": "uni,uni2", "method": "keyed-balance"])
            let realm = ProxyRecord(["name": "~\\.edu$", "auth_pool": "unis", "reply_filter": "allow Session-Timeout\nset Class = \"x\""])
            try store.addHomeServer(server)
            try store.addPool(pool)
            try store.addRealm(realm)
            try store.addRealm(ProxyRecord(["name": "DEFAULT"]))
            #expect(try store.homeServers() == [server])
            #expect(try store.pools() == [pool])
            #expect(try store.realms() == [realm, ProxyRecord(["name": "DEFAULT"])])
            #expect(throws: ProxyingError.exists(kind: "realm", name: "DEFAULT")) { try store.addRealm(ProxyRecord(["name": "DEFAULT"])) }
            try store.removeRealm("DEFAULT")
            #expect(throws: ProxyingError.unknown(kind: "realm", name: "DEFAULT")) { try store.removeRealm("DEFAULT") }
            #expect(throws: ProxyingError.self) { try store.addPool(ProxyRecord(["name": "x"])) }
            #expect(throws: ProxyingError.self) { try store.addHomeServer(ProxyRecord(["name": "x", "host": "192.0.2.1"])) }
            try store.removeHomeServer("uni")
            try store.removePool("unis")
            #expect(try store.homeServers().isEmpty && store.pools().isEmpty)
        }
    }

    @Test func everySettingReachesTheHomeServer() throws {
        var problems: [String] = []
        let record = ProxyRecord([
            "name": "uni", "host": "192.0.2.7", "port": "1645", "secret": "s", "type": "coa", "transport": "tcp", "source": "192.0.2.1",
            "require_message_authenticator": "yes", "status_check": "request", "check_user": "ping", "check_password": "pong",
            "response_window": "0.5", "response_timeouts": "3", "zombie_period": "7", "revive_interval": "8", "check_interval": "9",
            "check_timeout": "2", "answers_to_alive": "4", "connect_fail_interval": "11", "maximum_outstanding": "100",
            "retransmissions": "0", "prevent_loops": "no", "tls": "federation",
        ])
        let server = try #require(record.homeServer(resolve: { IPAddress($0) }) { problems.append($0) })
        #expect(problems.isEmpty)
        #expect(server.endpoint(.dynamicAuthorization) == SocketEndpoint("192.0.2.7:1645"))
        #expect(server.source == IPAddress("192.0.2.1"))
        #expect(server.type == .dynamicAuthorization && server.transport == .tcp)
        #expect(server.requireMessageAuthenticator == .yes)
        #expect(server.statusCheck == .request(userName: "ping", password: "pong"))
        #expect(server.timers.responseWindow == .milliseconds(500) && server.timers.responseTimeouts == 3)
        #expect(server.timers.zombiePeriod == .seconds(7) && server.timers.reviveInterval == .seconds(8))
        #expect(server.timers.checkInterval == .seconds(9) && server.timers.checkTimeout == .seconds(2))
        #expect(server.timers.answersToAlive == 4 && server.timers.connectFailInterval == .seconds(11))
        #expect(server.maximumOutstanding == 100 && server.retransmissions == 0)
        #expect(!server.preventsLoops && server.tlsProfile == "federation")
        #expect(Set(record.values.keys) == Set(ProxyRecord.homeServerKeys), "every key is in this test")
    }

    @Test func accountingGoesToThePortAfterUnlessOverTLS() throws {
        func endpoint(_ more: [String: String]) throws -> SocketEndpoint {
            let record = ProxyRecord(["name": "uni", "host": "192.0.2.7", "secret": "s"].merging(more) { $1 })
            return try #require(record.homeServer(resolve: { IPAddress($0) }) { Issue.record("\($0)") }).endpoint(.accounting)
        }
        #expect(try endpoint([:]) == SocketEndpoint("192.0.2.7:1813"))
        #expect(try endpoint(["type": "acct"]) == SocketEndpoint("192.0.2.7:1813"))
        #expect(try endpoint(["transport": "tls"]) == SocketEndpoint("192.0.2.7:2083"))
    }

    @Test(arguments: [
        ["name": "x", "host": "h", "secret": "s", "port": "0"], ["name": "x", "host": "h", "secret": "s", "type": "both"],
        ["name": "x", "host": "h", "secret": "s", "status_check": "request"], ["name": "x", "host": "h", "secret": "s", "colour": "red"],
        ["name": "x", "host": "h"], ["host": "h", "secret": "s"],
    ]) func wrongHomeServersAreExplained(values: [String: String]) {
        var problems: [String] = []
        _ = ProxyRecord(values).homeServer(resolve: { _ in IPAddress(ipv4: 1) }) { problems.append($0) }
        #expect(problems.count == 1, "\(problems)")
    }

    @Test func everySettingReachesTheRealm() throws {
        var problems: [String] = []
        let record = ProxyRecord([
            "name": "home.org", "auth_pool": "a", "accounting": "store", "acct_pool": "b", "coa_pool": "c", "record": "no", "strip": "no",
            "reject_message": "", "fallback": "reject", "discovery": "yes", "request_filter": "remove Class", "reply_filter": "allow Class",
            "operator_name": "1x.org", "operator_nas_identifier": "yes", "rewrite_pattern": "a", "rewrite_template": "b",
        ])
        let realm = try #require(record.realm { problems.append($0) })
        #expect(problems.isEmpty)
        #expect(realm.authenticationPool == "a" && realm.accountingPool == "b" && realm.dynamicAuthorizationPool == "c")
        #expect(realm.accounting == .store && realm.fallback == .reject)
        #expect(!realm.recordsAccounting && !realm.stripsRealm && realm.isDiscovered)
        #expect(realm.rejectMessage == "" && realm.operatorName == "1x.org" && realm.identifiesNAS)
        #expect(realm.requestFilter == "remove Class" && realm.replyFilter == "allow Class")
        #expect(realm.userNameRewrite?("bab") == "bbb")
        #expect(Set(record.values.keys) == Set(ProxyRecord.realmKeys), "every key is in this test")
    }
}
