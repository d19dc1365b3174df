import TestSupport
import Testing

/// Who the user is: the name inside of the tunnel, its realm, and what the NAS is told.
@PeerThread
@Suite(.enabled(if: EAPOLTest.isInstalled, "eapol_test is not installed"))
struct EAPIdentityTests {
    private func start(_ site: Site, _ more: [String: String] = [:], configuration: String = "") throws -> ServerUnderTest {
        try ServerUnderTest.start(
            site.database.url, Certificates.shared.get().settings.merging(more) { $1 }, configuration: configuration)
    }

    private func network(_ method: String, _ name: String, _ phase2: String, outer: String = "anonymous@example.org") throws -> [String] {
        EAPOLTest.tunnel(
            method,
            try EAPOLTest.user(name, "wonder land") + Certificates.shared.get().authority + [
                "phase2=\"\(phase2)\"", "anonymous_identity=\"\(outer)\"",
            ])
    }

    @Test(
        "names with UTF-8, blanks, NT domains and realms", arguments: ["Zoë Müller", "alice b", #"LAB\alice"#, "alice@example.com", "日本"])
    func spellings(name: String) throws {
        try Site.with(.sqlite) { site in
            try site.addUser(name, check: ["Cleartext-Password := wonder land"])
            let server = try start(site)
            for (method, phase2) in [
                ("PEAP", "auth=MSCHAPV2"), ("TTLS", "auth=MSCHAPV2"), ("TTLS", "auth=PAP"), ("TTLS", "autheap=GTC"), ("TTLS", "auth=CHAP"),
            ] {
                let result = try EAPOLTest.run(network(method, name, phase2), port: server.authPort)
                #expect(result.succeeded && result.keysMatch, "\(method) \(phase2) \(name): \(result.summary)")
            }
            #expect(try server.stop() == .code(0))
            #expect(try site.count("SELECT count(*) FROM radpostauth WHERE reply <> 'Access-Accept'") == 0)
            #expect(try site.row("SELECT count(*), min(username), max(username) FROM radpostauth")[1...] == [name, name])
        }
    }

    @Test("the rules for names hold for the one inside of the tunnel too")
    func nameRules() throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice b", check: ["Cleartext-Password := wonder land"])
            try site.addUser("%{User-Name}", check: ["Cleartext-Password := wonder land"])
            let server = try start(site, ["RADIAN_POLICY_REJECT_NAMES_WITH_SPACES": "yes"])
            for name in ["alice b", "%{User-Name}"] {
                #expect(try !EAPOLTest.run(network("PEAP", name, "auth=MSCHAPV2"), port: server.authPort).succeeded)
                try site.expectReason("user-name.invalid", of: name)
            }
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("two organizations' users of one name: told apart by the realm inside or outside, and the NAS is told which")
    func organizations() throws {
        try Site.with(.sqlite) { site in
            let server = try start(site)
            for (organization, name) in [("cafe", "alice"), ("hotel", "bob")] {
                try server.radian("organization", "add", organization)
                try server.radian("user", "add", name, "--password", "wonder land", "--organization", organization)
            }
            // Seen by the server at its next look.
            try eventually("the server knows the organizations") {
                try EAPOLTest.run(network("PEAP", "alice@cafe", "auth=MSCHAPV2"), port: server.authPort).succeeded
            }
            let inside = try EAPOLTest.run(network("TTLS", "alice@cafe", "auth=PAP"), port: server.authPort)
            #expect(inside.succeeded && inside["User-Name"] == "alice@cafe", "\(inside.accepted)")
            let outside = try EAPOLTest.run(network("TTLS", "alice", "auth=PAP", outer: "anonymous@cafe"), port: server.authPort)
            #expect(outside.succeeded && outside["User-Name"] == "alice@cafe", "\(outside.accepted)")
            // The name outside says so already.
            let open = try EAPOLTest.run(network("TTLS", "alice@cafe", "auth=PAP", outer: "alice@cafe"), port: server.authPort)
            #expect(open.succeeded && open["User-Name"] == nil, "\(open.accepted)")

            let wrong = try EAPOLTest.run(network("TTLS", "bob@cafe", "auth=PAP"), port: server.authPort)
            #expect(!wrong.succeeded)
            let elsewhere = try EAPOLTest.run(network("TTLS", "bob", "auth=PAP", outer: "anonymous@cafe"), port: server.authPort)
            #expect(!elsewhere.succeeded)
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("User-Name, Chargeable-User-Identity, EAP-Key-Name, VLAN and Session-Timeout in the Accept")
    func acceptAttributes() throws {
        try Site.with(.sqlite) { site in
            let vlan = ["Tunnel-Type:1 = VLAN", "Tunnel-Medium-Type:1 = IEEE-802", "Tunnel-Private-Group-Id:1 = 42"]
            try site.addUser("alice", check: ["Cleartext-Password := wonder land"], reply: ["Session-Timeout = 600"] + vlan)
            var server = try start(site)
            var identities: Set<String> = []
            for (method, phase2) in [("PEAP", "auth=MSCHAPV2"), ("TTLS", "auth=PAP")] {
                let result = try EAPOLTest.run(
                    network(method, "alice", phase2), port: server.authPort, reauthentications: 1, attributes: ["89:x:00"],
                    options: ["-e"])
                #expect(result.succeeded && result.keysMatch, "\(result.summary)")
                #expect(result["Session-Timeout"] == "600")
                #expect(result["Tunnel-Type"] == "0100000d")
                #expect(result["Tunnel-Medium-Type"] == "01000006")
                #expect(result["Tunnel-Private-Group-Id"] == "013432")
                #expect(result["User-Name"] == "alice")
                let identity = try #require(result["Chargeable-User-Identity"])
                #expect(identity.utf8.count == 64 && identity != "alice")
                identities.insert(identity)
                // eapol_test compares its own Session-Id.
                #expect(result["EAP-Key-Name"]?.hasPrefix(method == "PEAP" ? "19" : "15") ?? false)
                #expect(!result.output.contains("EAP-Key-Name mismatch"))
            }
            #expect(identities.count == 1)
            let plain = try EAPOLTest.run(network("PEAP", "alice", "auth=MSCHAPV2"), port: server.authPort)
            #expect(plain["Chargeable-User-Identity"] == nil && plain["EAP-Key-Name"] == nil)
            #expect(try server.stop() == .code(0))

            server = try start(site, ["RADIAN_EAP_USER_NAME_IN_ACCEPT": "no"])
            let silent = try EAPOLTest.run(network("PEAP", "alice", "auth=MSCHAPV2"), port: server.authPort)
            #expect(silent.succeeded && silent["User-Name"] == nil)
            // A row that sets it has the last word.
            try site.addUser("alice", reply: ["User-Name = customer-7"])
            let named = try EAPOLTest.run(network("PEAP", "alice", "auth=MSCHAPV2"), port: server.authPort)
            #expect(named["User-Name"] == "customer-7")
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("EAP profiles by realm and by NAS, and EAP switched off")
    func profiles() throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["Cleartext-Password := wonder land"])
            let other = try OpenSSLAuthority("Realm's CA")
            let certificate = try other.issue("radius.realm.example", use: "serverAuth")
            let configuration = """
                eap_profile:
                  - name: realm
                    realm: realm.example
                    methods: TTLS
                    certificate: \(certificate.certificate)
                    private_key: \(certificate.key)
                    ca: \(other.root.certificate)
                    crl: ""
                    tls_maximum: "1.2"
                  - name: lab
                    nas: nas-127.0.0.1
                    methods: PEAP

                """
            var server = try start(site, configuration: configuration)
            let realm =
                EAPOLTest.user("alice", "wonder land") + [
                    "ca_cert=\"\(other.root.certificate)\"", "anonymous_identity=\"anonymous@realm.example\"",
                ]
            let ttls = EAPOLTest.tunnel("TTLS", realm + ["phase2=\"auth=PAP\""], version: "1.3")
            let special = try EAPOLTest.run(ttls, port: server.authPort)
            #expect(special.succeeded && special.output.contains("Using TLS version TLSv1.2"), "\(special.summary)")
            #expect(try !EAPOLTest.run(EAPOLTest.tunnel("PEAP", realm + ["phase2=\"auth=MSCHAPV2\""]), port: server.authPort).succeeded)
            try site.expectReason("eap.no-common-method", of: "anonymous@realm.example")
            #expect(try EAPOLTest.run(network("PEAP", "alice", "auth=MSCHAPV2"), port: server.authPort).succeeded)
            #expect(try !EAPOLTest.run(network("TTLS", "alice", "auth=PAP"), port: server.authPort).succeeded)
            #expect(try server.stop() == .code(0))

            server = try start(site, ["RADIAN_POLICY_DENIED_METHODS": "eap"])
            #expect(try !EAPOLTest.run(network("PEAP", "alice", "auth=MSCHAPV2"), port: server.authPort).succeeded)
            try site.expectReason("eap.unsupported", of: "anonymous@example.org")
            #expect(try server.stop() == .code(0))
        }
    }
}
