import Digests
import Foundation
import TestSupport
import Testing

/// Policy has the last word, also where the method itself succeeded.
@PeerThread
@Suite(.enabled(if: EAPOLTest.isInstalled, "eapol_test is not installed"))
struct EAPAuthorizationTests {
    private func start(_ site: Site, _ more: [String: String] = [:]) throws -> ServerUnderTest {
        let methods = ["RADIAN_EAP_METHODS": "PEAP,TTLS,TLS,MSCHAPv2,MD5"]
        return try ServerUnderTest.start(site.database.url, Certificates.shared.get().settings.merging(methods) { $1 }.merging(more) { $1 })
    }

    private nonisolated static let methods = [
        ("PEAP", "auth=MSCHAPV2"), ("PEAP", "auth=GTC"), ("TTLS", "auth=PAP"), ("TTLS", "auth=MSCHAPV2"), ("TLS", ""),
    ]

    private func network(_ method: String, _ phase2: String, _ name: String = "alice", version: String = "1.2") throws -> [String] {
        let certificates = try Certificates.shared.get()
        let lines = method == "TLS" ? certificates.client(name) : EAPOLTest.user(name, "wonder land") + ["phase2=\"\(phase2)\""]
        return EAPOLTest.tunnel(method, lines + certificates.authority, version: version)
    }

    @Test("Expiration, Login-Time, Auth-Type, check items and Simultaneous-Use refuse who has proved the password")
    func refusals() throws {
        try Site.with(.sqlite) { site in
            let cases = [
                ("expired", ["Expiration := 1 Jan 2020"], "account.expired"),
                ("late", ["Login-Time := \(Weekday.other)"], "login-time.outside"),
                ("barred", ["Auth-Type := Reject"], "policy.rejected"),
                ("elsewhere", ["NAS-IP-Address == 192.0.2.77"], "policy.mismatch"), ("busy", ["Simultaneous-Use := 1"], "session.limit"),
            ]
            let server = try start(site)
            for (name, check, reason) in cases {
                try site.addUser(name, check: ["Cleartext-Password := wonder land"] + check)
                for version in ["1.2", "1.3"] {
                    for (method, phase2) in Self.methods where method != "TLS" {
                        if name == "busy" {
                            try site.script("DELETE FROM radacct")
                            try site.script(
                                """
                                INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, callingstationid, acctstarttime)
                                VALUES ('1', 'u-\(version)-\(method)-\(phase2)', 'busy', '192.0.2.1', '02-00-00-00-00-77', 1700000000)
                                """)
                        }
                        let result = try EAPOLTest.run(network(method, phase2, name, version: version), port: server.authPort)
                        #expect(!result.succeeded && result.accepted.isEmpty, "\(method) \(phase2) \(version) \(name) is accepted")
                        #expect(result.output.contains("EAP Failure"), "\(method) \(phase2) \(version) \(name): \(result.summary)")
                        try site.expectReason(reason, of: name)
                        try site.script("DELETE FROM radpostauth")
                    }
                }
            }
            #expect(try server.stop() == .code(0))
        }
    }

    enum Change: String, CaseIterable, CustomTestStringConvertible {
        case disabled = "account.inactive"
        case deleted = "user.unknown"
        case passwordChanged = "password.changed"
        case rejected = "policy.rejected"
        var testDescription: String { rawValue }
    }

    @Test("who was disabled, deleted or given another password does not come back by resumption", arguments: Change.allCases)
    func resumption(change: Change) throws {
        try Site.with(.sqlite) { site in
            let server = try start(site, ["RADIAN_EAP_ACCEPT_UNKNOWN_CERTIFICATES": "no"])
            for version in ["1.2", "1.3"] {
                for (method, phase2) in Self.methods {
                    // A new password says nothing about a certificate.
                    let isRefused = !(method == "TLS" && change == .passwordChanged)
                    try server.radian("user", "add", "alice", "--password", "wonder land")
                    let (hold, identities) = (Hold(), Counter())
                    let relay = try PacketRelay(to: server.authPort) { direction, _, packet in
                        if direction == .request, packet.isEAPIdentity, identities.next() == 1 { hold.wait() }
                        return [packet]
                    }
                    let run = try EAPOLTest.start(
                        network(method, phase2, version: version), port: relay.port, reauthentications: 1, seconds: 40)
                    try hold.expect()
                    switch change {
                    case .disabled: try server.radian("user", "disable", "alice")
                    case .deleted: try server.radian("user", "remove", "alice")
                    case .passwordChanged: try server.radian("user", "password", "alice", "--password", "another land")
                    case .rejected: try site.addUser("alice", check: ["Auth-Type := Reject"])
                    }
                    hold.release()
                    let result = try run.wait()
                    relay.stop()
                    #expect(result.succeeded == !isRefused, "\(method) \(phase2) \(version): \(result.summary)")
                    #expect(result.output.components(separatedBy: "code=2 (Access-Accept)").count == (isRefused ? 2 : 3))
                    try site.expectReason(isRefused ? change.rawValue : "", of: "alice")
                    if change != .deleted { try server.radian("user", "remove", "alice") }
                    try site.script("DELETE FROM radpostauth; DELETE FROM radcheck;")
                }
            }
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("Allow-Session-Resumption := No makes every login a full one")
    func fullLoginsOnly() throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["Cleartext-Password := wonder land", "Allow-Session-Resumption := No"])
            let server = try start(site)
            for version in ["1.2", "1.3"] {
                for (method, phase2) in Self.methods {
                    let result = try EAPOLTest.run(network(method, phase2, version: version), port: server.authPort, reauthentications: 1)
                    #expect(result.succeeded && result.output.contains("MPPE keys OK: 2  mismatch: 0"), "\(method): \(result.summary)")
                    #expect(!result.output.contains("OpenSSL: Handshake finished - resumed=1"), "\(method) \(phase2) \(version)")
                }
            }
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("passwords stored as hashes serve the methods that can use them, and the trace says what to do about the others")
    func storedForms() throws {
        try Site.with(.sqlite) { site in
            // Of "wonder land", with the salt "salt".
            try site.addUser("nt", check: ["NT-Password := \(Stored.nt)"])
            try site.addUser("salted", check: ["Password-With-Header := \(Stored.ssha)"])
            let server = try start(site)
            let trace = try ChildProcess(
                Surroundings.radian, ["trace", "--user", "salted"], environment: server.environment, directory: server.directory)
            let usable: [(String, String, Set<String>)] = [
                ("PEAP", "auth=MSCHAPV2", ["nt"]), ("TTLS", "auth=MSCHAPV2", ["nt"]), ("TTLS", "auth=MSCHAP", ["nt"]),
                ("TTLS", "auth=CHAP", []), ("TTLS", "autheap=MD5", []), ("TTLS", "auth=PAP", ["nt", "salted"]),
                ("PEAP", "auth=GTC", ["nt", "salted"]), ("TTLS", "autheap=GTC", ["nt", "salted"]),
            ]
            for (method, phase2, users) in usable {
                for user in ["nt", "salted"] {
                    let result = try EAPOLTest.run(network(method, phase2, user), port: server.authPort)
                    #expect(result.succeeded == users.contains(user), "\(method) \(phase2) \(user): \(result.summary)")
                    if !users.contains(user) { try site.expectReason("password.unsuitable", of: user) }
                    try site.script("DELETE FROM radpostauth")
                }
            }
            try trace.expect("The stored password form cannot serve this authentication method.")
            try trace.expect("TTLS-PAP")
            trace.send(SIGINT)
            _ = try trace.wait()
            #expect(!trace.output.text.contains("wonder land") && !trace.output.text.contains(Stored.ssha))
            #expect(try server.stop() == .code(0))
        }
    }
}

/// `wonder land` as databases keep it.
enum Stored {
    static let nt = Hexadecimal.encode(NTHash.hash(password: "wonder land"))
    static let ssha = "{ssha}" + Data(DigestAlgorithm.sha1.hash(Array("wonder landsalt".utf8)) + Array("salt".utf8)).base64EncodedString()
}
