import AccessPolicy
import Accounts
import Database
import Foundation
import FreeRADIUSFiles
import FreeRADIUSImport
import NASClients
import Proxying
import RADIUSDictionary
import Sessions
import TestSupport
import Testing

@Suite struct FreeRADIUSImportTests {
    typealias Engine = TestDatabase.Engine

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func with(_ engine: Engine, _ body: (any DatabaseConnection, AttributeDictionary) throws -> Void) throws {
        let dictionary = try AttributeDictionary.load(Self.root.appending(path: "Dictionaries").path)
        try TestDatabase.with(engine) { (database) throws in
            let connection = try database.engine.connect(.general)
            try Migrator([
                AccountsModule.migrations, NASClientsModule.migrations, SessionsModule.migrations, AccessPolicyModule.migrations,
                ProxyingModule.migrations,
            ]).migrate(connection)
            try body(connection, dictionary)
        }
    }

    private func configuration(_ text: String) throws -> ConfigurationSection {
        var parser = ConfigurationParser(environment: [:])
        return try parser.parse(text, file: "radiusd.conf")
    }

    private static let clients = """
        client lab {
            ipaddr = 192.0.2.0/24
            secret = "xyzzy # 5461"
            nas_type = cisco
            require_message_authenticator = yes
            limit_proxy_state = no
        }
        client 198.51.100.7 {
            secret = testing123
            shortname = old
            virtual_server = guests
        }
        client broken {
            ipaddr = 203.0.113.1
        }
        client six {
            ipv6addr = 2001:db8::/32
            secret = s6
            proto = *
        }
        """

    @Test(arguments: Engine.available) func `clients become NAS devices`(_ engine: Engine) throws {
        try with(engine) { (connection, dictionary) throws in
            var work = FreeRADIUSImport(connection, dictionary: dictionary)
            try work.addClients(configuration(Self.clients))
            #expect(
                try connection.table("SELECT nasname, shortname, type, secret, require_ma, limit_proxy_state FROM nas ORDER BY id") == [
                    ["192.0.2.0/24", "lab", "cisco", "xyzzy # 5461", "yes", "no"],
                    ["198.51.100.7", "old", "other", "testing123", "auto", "auto"],
                    ["2001:db8::/32", "six", "other", "s6", "auto", "auto"],
                ])
            #expect(work.report.clients == .init(added: 3, existing: 0))
            #expect(Set(work.report.notes.map(\.position)) == ["radiusd.conf:8", "radiusd.conf:13"])
            #expect(!work.report.notes.contains { $0.text.contains("testing123") })

            var again = FreeRADIUSImport(connection, dictionary: dictionary)
            try again.addClients(configuration(Self.clients))
            #expect(again.report.clients == .init(added: 0, existing: 3))
        }
    }

    @Test(arguments: Engine.available) func `users become rows, and what exists stays`(_ engine: Engine) throws {
        let text = """
            bob Cleartext-Password := "hello"
            \tSession-Timeout = 600
            DEFAULT NAS-Port == 5
            \tIdle-Timeout = soon
            """
        let file = try UsersFile(text, file: "users") { (_) throws(UsersFileError) in "" }
        try with(engine) { (connection, dictionary) throws in
            var work = FreeRADIUSImport(connection, dictionary: dictionary)
            try work.addUsers(file)
            #expect(
                try connection.table("SELECT username, attribute, op, value FROM radcheck") == [
                    ["bob", "Cleartext-Password", ":=", "hello"]
                ])
            #expect(
                try connection.table("SELECT attribute, value FROM radreply ORDER BY id") == [
                    ["Session-Timeout", "600"], ["Fall-Through", "No"],
                ])
            #expect(try connection.table("SELECT username, groupname, priority FROM radusergroup") == [["DEFAULT", "users:3", "1"]])
            #expect(
                try connection.table("SELECT groupname, attribute, op, value FROM radgroupreply") == [
                    ["users:3", "Fall-Through", "=", "No"]
                ])
            #expect(work.report.notes.map(\.position) == ["users:3"])
            #expect(work.report.settings == ["policy:\n  default_profile: DEFAULT"])
            #expect(work.report.users == .init(added: 1, existing: 0))

            var again = FreeRADIUSImport(connection, dictionary: dictionary)
            try again.addUsers(file)
            #expect(again.report.users == .init(added: 0, existing: 1))
            #expect(again.report.groups == .init(added: 0, existing: 1))
            #expect(try connection.table("SELECT count(*) FROM radreply") == [["2"]])
        }
    }

    @Test(arguments: Engine.available) func `unlang and modules are told with their lines`(_ engine: Engine) throws {
        let text = """
            modules {
                ldap {
                    server = "ldap.example.org"
                }
                eap {
                    tls-config tls-common {
                        certificate_file = /etc/certs/server.pem
                    }
                }
            }
            server default {
                authorize {
                    preprocess
                    if (&User-Name == "bob") {
                        update control {
                            &Auth-Type := Accept
                        }
                    }
                    -ldap
                    eap {
                        ok = return
                    }
                    my_module
                    pap
                }
                authenticate {
                    Auth-Type PAP {
                        pap
                    }
                    Auth-Type LDAP {
                        perl
                    }
                }
            }
            """
        try with(engine) { (connection, dictionary) throws in
            var work = FreeRADIUSImport(connection, dictionary: dictionary)
            work.look(through: try configuration(text))
            let lines = work.report.notes.map { $0.position.split(separator: ":").last.map(String.init) ?? "" }
            #expect(lines == ["2", "7", "19", "23", "14", "31"])
            #expect(work.report.notes.first { $0.position.hasSuffix(":14") }?.text.contains("unlang 'if") == true)
        }
    }

    @Test(arguments: Engine.available) func `realms, home servers and pools`(_ engine: Engine) throws {
        let text = """
            home_server one {
                type = auth
                ipaddr = 192.0.2.1
                secret = s3cret-of-home
                status_check = status-server
            }
            home_server broken {
                ipaddr = 192.0.2.2
            }
            home_server_pool pool {
                type = load-balance
                home_server = one
            }
            realm example.org {
                auth_pool = pool
                nostrip
            }
            realm LOCAL {
            }
            """
        try with(engine) { (connection, dictionary) throws in
            var work = FreeRADIUSImport(connection, dictionary: dictionary)
            try work.addProxies(configuration(text))
            let store = ProxyStore(connection)
            #expect(try store.homeServers().map { $0.values["name"] } == ["one"])
            #expect(try store.homeServers().first?.values["secret"] == "s3cret-of-home")
            #expect(try store.pools().first?.values["method"] == "load-balance")
            #expect(try store.realms().map { $0.values["name"] } == ["example.org", "LOCAL"])
            #expect(try store.realms().first?.values["strip"] == "no")
            #expect(work.report.homeServers == .init(added: 1))
            #expect(work.report.notes.contains { $0.text.contains("'broken' is left out") })
            #expect(!work.report.notes.contains { $0.text.contains("s3cret") })

            var again = FreeRADIUSImport(connection, dictionary: dictionary)
            try again.addProxies(configuration(text))
            #expect(again.report.realms == .init(existing: 2))
            #expect(again.report.pools == .init(existing: 1))
        }
    }
}
