import AccessPolicy
import ServerKernel
import Testing

@Suite struct RuleParserTests {
    static let mistakes = [
        ("- name: a\n  whenn: {user: x}\n  then: {vlan: 1}", "f:2: a rule has no key 'whenn'; did you mean 'when'?"),
        ("- name: a\n  when: {usr: x}\n  then: {vlan: 1}", "f:2: a condition has no key 'usr'; did you mean 'user'?"),
        ("- name: a\n  then:\n    vlann: 1", "f:3: 'then' has no key 'vlann'; did you mean 'vlan'?"),
        ("- name: a\n  then:\n    vlan: 5000", "f:3: 'vlan' is 5000; it must be 1 to 4094, or a name"),
        ("- name: a", "f:1: a rule needs 'then', the actions"),
        ("- then: {vlan: 1}", "f:1: a rule needs a 'name'"),
        ("- name: a\n  then: {}", "f:2: actions are keys such as 'vlan: 30'"),
        ("- name: a\n  when: {}\n  then:\n    set:\n      No-Such: 1", "f:5: No-Such: unknown attribute No-Such"),
        ("- name: a\n  then:\n    set:\n      Session-Timeout: soon", "f:4: Session-Timeout: value does not fit Session-Timeout"),
        (
            "- name: a\n  then:\n    set: {Auth-Type: Accept}",
            "f:3: Auth-Type: 'Auth-Type' is internal and cannot be sent; set it under 'control'"
        ),
        ("- name: a\n  then: {accept: yes}", "f:2: 'accept' lets a user in whatever the password is; its value must be without_password"),
        ("- name: a\n  then: {reject: x, accept: without_password}", "f:2: a rule can either reject or accept"),
        ("- name: a\n  then: {session_timeout: 0}", "f:2: 'session_timeout' must be seconds, 1 or more"),
        ("- name: a\n  then: {continue: maybe, vlan: 1}", "f:2: 'continue' must be yes or no"),
        (
            "- name: a\n  when: {method: papp}\n  then: {vlan: 1}",
            "f:2: 'method' is 'papp'; it must be a method, such as pap, mschapv2, mac, eap or eap-tls"
        ),
        ("- name: a\n  when: {time: Xx}\n  then: {vlan: 1}", "f:2: 'time' is 'Xx'; it must be a time such as Wk0800-1800 or Sa,Su"),
        (
            "- name: a\n  when: {mac: 00-1}\n  then: {vlan: 1}",
            "f:2: 'mac' is '00-1'; it must be an address or its first octets, such as 00-11-22"
        ),
        ("- name: a\n  when: {user: '/(/'}\n  then: {vlan: 1}", "f:2: 'user': /(/ is not a regular expression"),
        (
            "- name: a\n  when: {attribute: NAS-Port}\n  then: {vlan: 1}",
            "f:2: 'NAS-Port' is no comparison; write ATTRIBUTE OPERATOR VALUE with one of == != <= >= < > =~ !~ =* !*"
        ),
        (
            "- name: a\n  when: {attribute: 'NAS-Port := 1'}\n  then: {vlan: 1}",
            "f:2: NAS-Port: ':=' compares nothing; use one of == != <= >= < > =~ !~ =* !*"
        ),
        ("- name: a\n  when: {attribute: 'Cleartext-Password == x'}\n  then: {vlan: 1}", nil),
        (
            "- name: a\n  when: {attribute: 'User-Password == x'}\n  then: {vlan: 1}",
            "f:2: User-Password: 'User-Password' holds passwords and cannot be compared"
        ),
        ("- name: a\n  when: {attribute: 'User-Name =~ ('}\n  then: {vlan: 1}", "f:2: User-Name: '(' is not a regular expression"),
        (
            "- name: a\n  when: {certificate: {colour: x}}\n  then: {vlan: 1}",
            "f:2: 'certificate' has no key 'colour'; it may hold common_name, dns, email, issuer, serial, subject, upn, uri"
        ),
        (
            "- name: a\n  early: yes\n  when: {not: {group: x}}\n  then: {vlan: 1}",
            "f:1: an early rule is looked at before the user is looked up and cannot ask for groups or certificates"
        ),
        ("- name: a\n  then: {vlan: 1}\n- name: a\n  then: {vlan: 2}", "f:3: there are several rules 'a'"),
        ("rules", "f:1: 'rules' must be a list of rules with 'name', 'when' and 'then'"),
    ]

    @Test(arguments: mistakes) func `a mistake is an error with its line`(_ yaml: String, _ expected: String?) throws {
        let result = try RuleFixture.parse(yaml)
        guard let expected else { return }
        guard case .failure(let error) = result else {
            Issue.record("no problem found")
            return
        }
        #expect(error.problems.map(\.description) == [expected])
    }

    @Test func `all problems are shown at once`() throws {
        guard case .failure(let error) = try RuleFixture.parse("- name: a\n  when:\n    usr: x\n    time: Xx\n  then:\n    vlann: 1") else {
            Issue.record("no problem found")
            return
        }
        #expect(Set(error.problems.map(\.location)) == ["f:3", "f:4", "f:6"])
    }

    @Test func `rules stand in a section of their own beside the others`() throws {
        let yaml = "http:\n  port: 1\nrules:\n  - name: a\n    then: {vlan: 1}\n"
        var reader = ConfigurationReader(yaml: yaml, file: "f", environment: [:])
        let port = reader.integer("http", "port", default: 0, in: 0...9)
        let section = reader.node("rules")
        try reader.finish()
        #expect(port == 1)
        #expect(section?.location == "f:4")
    }
}
