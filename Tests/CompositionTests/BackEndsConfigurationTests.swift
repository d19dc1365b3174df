import BackEnds
import Logging
import ServerKernel
import Testing

@testable import Composition

@Suite struct BackEndsConfigurationTests {
    private func read(_ yaml: String) throws(ConfigurationError) -> BackEndsConfiguration {
        var reader = ConfigurationReader(yaml: yaml, file: "f", environment: [:])
        let configuration = BackEndsConfiguration(&reader)
        try reader.finish()
        return configuration
    }

    @Test func `back ends keep their order and their settings`() throws {
        let configuration = try read(
            """
            back_ends:
              - name: directory
                type: ldap
                url: [ldaps://a.example.org, ldaps://b.example.org]
                base_dn: dc=example,dc=org
                attributes: {description: "reply:Reply-Message"}
                nested_groups: yes
                users: all
                on_failure: next
                timeout: 1.5
                cache: 30
              - {name: pam, type: sasl, socket: /run/saslauthd/mux, service: login}
              - name: web
                type: http
                authenticate_url: https://api.example.org/%{User-Name}
                authenticate_method: post
                authenticate_body: json
            one_time_passwords:
              enabled: yes
              window: 2
            """)
        #expect(configuration.descriptions.map(\.name) == ["directory", "pam", "web"])
        let first = configuration.descriptions[0]
        #expect(first.settings.scope == .all)
        #expect(first.settings.failure == .next)
        #expect(first.settings.cacheSeconds == 30)
        guard case .ldap(let ldap) = first.kind, case .sasl(let sasl) = configuration.descriptions[1].kind,
            case .http(let http) = configuration.descriptions[2].kind
        else {
            Issue.record("wrong kinds")
            return
        }
        #expect(ldap.urls.count == 2)
        #expect(ldap.timeoutSeconds == 1.5)
        #expect(ldap.attributes["description"] == LDAPTarget("Reply-Message"))
        #expect(ldap.searchesNestedGroups)
        #expect(sasl.service == "login")
        #expect(http.authenticate?.body == .json)
        #expect(http.authorize == nil)
        #expect(configuration.oneTimePasswords?.window == 2)
        #expect(try configuration.makeBackEnds(logger: Logger(label: "test")).map(\.backEnd.name) == ["directory", "pam", "web"])
    }

    @Test func `nothing is on by itself`() throws {
        let configuration = try read("")
        #expect(configuration.descriptions.isEmpty)
        #expect(configuration.oneTimePasswords == nil)
    }

    @Test(arguments: [
        ("back_ends:\n  - {name: a, type: ldapp}", ["f:2: 'type' is 'ldapp'; it must be ldap, sasl, http or file"]),
        ("back_ends:\n  - {type: sasl}", ["f:2: a back end needs a 'name'"]),
        ("back_ends:\n  - name: a\n    type: sasl\n    sockett: /x", ["f:4: unknown key 'back_ends.sockett'; did you mean 'socket'?"]),
        ("back_ends:\n  - name: a\n    type: sasl\n    timeout: soon", ["f:4: 'back_ends.timeout' must be a number from 0.1 to 60.0"]),
        ("back_ends:\n  - name: a\n    type: sasl\n    users: some", ["f:4: 'back_ends.users' must be one of unknown, all, first"]),
        (
            "back_ends:\n  - {name: a, type: http}",
            ["f:2: an HTTP back end needs 'authorize_url', 'authenticate_url' or both"]
        ),
        (
            "back_ends:\n  - {name: a, type: ldap, base_dn: x}",
            ["f:2: an LDAP back end needs 'url', such as ldaps://directory.example.org"]
        ),
        ("back_ends:\n  - {name: a, type: sasl}\n  - {name: A, type: sasl}", ["f:3: there are several back ends 'a'"]),
    ]) func `a mistake is told with its line`(_ yaml: String, _ problems: [String]) {
        do throws(ConfigurationError) {
            _ = try read(yaml)
            Issue.record("no problem found")
        } catch {
            #expect(error.problems.map(\.description) == problems)
        }
    }

    @Test func `a users file that cannot be read is a problem of the configuration`() throws {
        let configuration = try read("back_ends:\n  - {name: a, type: file, path: /nonexistent/users}")
        #expect(throws: ConfigurationError.self) { try configuration.makeBackEnds(logger: Logger(label: "test")) }
    }
}
