import Digests
import Foundation
import RADIUSWire
import TestCards
import TestSupport
import Testing

/// Users whose password has expired choose a new one in the middle of their login; wpa_supplicant asks them over its control interface.
///
/// It can wait for them inside of PEAP only; without a tunnel a peer of our own takes its place.
@PeerThread
@Suite(.enabled(if: EAPOLTest.isInstalled, "eapol_test is not installed"))
struct EAPPasswordChangeTests {
    private nonisolated static let expired = "SMB-Account-CTRL := 131088"

    private func start(_ site: Site, _ more: [String: String] = [:]) throws -> ServerUnderTest {
        let methods = ["RADIAN_EAP_METHODS": "PEAP,TTLS,MSCHAPv2"]
        return try ServerUnderTest.start(site.database.url, Certificates.shared.get().settings.merging(methods) { $1 }.merging(more) { $1 })
    }

    /// - Parameter new: what the user answers when asked for a new password.
    private func login(
        _ server: ServerUnderTest, password: String = "wonder land", new: String = "", version: String = "1.2", again: Int = 0
    ) throws -> (result: EAPOLTest.Result, wasAsked: Bool) {
        let network = EAPOLTest.tunnel(
            "PEAP", try EAPOLTest.user("alice", password) + Certificates.shared.get().authority + ["phase2=\"auth=MSCHAPV2\""],
            version: version)
        let answer = "CTRL-RSP-NEW_PASSWORD-0:\(new)"
        let control = SupplicantControl { $0.contains("CTRL-REQ-NEW_PASSWORD-0") ? answer : nil }
        var socket = ""
        let run = try EAPOLTest.start(
            network, port: server.authPort, reauthentications: again, options: ["-W"],
            global: { directory in
                socket = directory.appending(path: "test").path
                return ["ctrl_interface=\(directory.path)"]
            })
        control.serve(socket)
        defer { control.stop() }
        let result = try run.wait()
        return (result, result.output.contains("Password expired - password change required"))
    }

    @Test("an expired password is changed on the way in, and the new one counts from then on", arguments: ["1.2", "1.3"])
    func change(version: String) throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["Cleartext-Password := wonder land", Self.expired], reply: ["Session-Timeout = 600"])
            let server = try start(site)
            let changed = try login(server, new: #"through the \glass"#, version: version)
            #expect(changed.result.succeeded && changed.result.keysMatch, "\(changed.result.summary)\n\(server.log.suffix(2000))")
            #expect(changed.wasAsked)
            #expect(changed.result["Session-Timeout"] == "600")
            #expect(try site.row("SELECT value FROM radcheck WHERE attribute = 'Cleartext-Password'") == [#"through the \\glass"#])
            #expect(try site.row("SELECT value FROM radcheck WHERE attribute = 'SMB-Account-CTRL'") == ["16"])

            let old = try login(server, version: version)
            #expect(!old.result.succeeded && !old.wasAsked)
            try site.expectReason("password.mismatch", of: "alice")
            let new = try login(server, password: #"through the \glass"#, version: version)
            #expect(new.result.succeeded && new.result.keysMatch && !new.wasAsked, "\(new.result.summary)")
            #expect(try server.stop() == .code(0))
            #expect(!server.log.contains("glass") && !server.log.contains("wonder"))
        }
    }

    @Test("a new password that is too short, or the old one, is refused and nothing changes")
    func unfit() throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["Cleartext-Password := wonder land", Self.expired])
            let server = try start(site, ["RADIAN_POLICY_MINIMUM_PASSWORD_LENGTH": "10"])
            for new in ["ninechars", "wonder land"] {
                let refused = try login(server, new: new)
                #expect(!refused.result.succeeded && refused.wasAsked && refused.result.accepted.isEmpty, "\(refused.result.summary)")
                try site.expectReason("password.unfit", of: "alice")
                try site.script("DELETE FROM radpostauth")
            }
            #expect(
                try site.count("SELECT count(*) FROM radcheck WHERE value IN ('wonder land', '131088')") == 2)
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("a group that expires passwords: the change fails, as the user is told")
    func impossible() throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["Cleartext-Password := wonder land"], groups: [("all", 1)])
            try site.addGroup("all", check: [Self.expired])
            let server = try start(site)
            let refused = try login(server, new: "through the glass")
            #expect(!refused.result.succeeded && refused.wasAsked)
            #expect(refused.result.output.contains("error 709"), "\(refused.result.summary)")
            try site.expectReason("password.change-failed", of: "alice")
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("without a tunnel, with the wrong old password, an empty new one and the right ones")
    func withoutTunnel() throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["NT-Password := \(Stored.nt)", Self.expired])
            let server = try start(site)
            var nas = try EAPCarrier(server)
            func change(old: String, new: String) throws -> Packet {
                let peer = PasswordChangePeer(name: "alice", old: "wonder land", new: new)
                let offer = try #require(try nas.exchange(nas.identity()))
                let wanted = EAPCarrier.response(3, [26], identifier: offer.eap[1])
                let challenge = try #require(try nas.exchange(wanted, state: offer.state))
                let response = EAPCarrier.response(26, peer.response(Array(challenge.eap[5...])), identifier: challenge.eap[1])
                let refusal = try #require(try nas.exchange(response, state: challenge.state))
                #expect(String(decoding: refusal.eap.dropFirst(9), as: UTF8.self).hasPrefix("E=648 R=0 C="))
                let data = PasswordChangePeer(name: "alice", old: old, new: new).change(Array(refusal.eap[5...]))
                return try #require(
                    try nas.exchange(EAPCarrier.response(26, data, identifier: refusal.eap[1]), state: refusal.state))
            }
            for (old, new, error, reason) in [
                ("guess", "through the glass", "E=691", "password.mismatch"), ("wonder land", "", "E=709", "password.unfit"),
            ] {
                let told = try change(old: old, new: new)
                #expect(told.code == .accessChallenge && String(decoding: told.eap.dropFirst(9), as: UTF8.self).hasPrefix(error))
                let end = try #require(try nas.exchange(EAPCarrier.response(26, [4], identifier: told.eap[1]), state: told.state))
                #expect(end.code == .accessReject)
                try site.expectReason(reason, of: "alice")
            }
            let success = try change(old: "wonder land", new: "through the glass")
            #expect(success.code == .accessChallenge && success.eap[5] == 3)
            let accept = try #require(try nas.exchange(EAPCarrier.response(26, [3], identifier: success.eap[1]), state: success.state))
            #expect(accept.code == .accessAccept)
            let hash = Hexadecimal.encode(NTHash.hash(password: "through the glass"))
            #expect(try site.row("SELECT value FROM radcheck WHERE attribute = 'NT-Password'") == [hash])
            let again = try EAPOLTest.run(["eap=MSCHAPV2"] + EAPOLTest.user("alice", "through the glass"), port: server.authPort)
            #expect(again.succeeded && again.keysMatch, "\(again.summary)")
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("the session of the changed password is resumed")
    func resumption() throws {
        try Site.with(.sqlite) { site in
            try site.addUser("alice", check: ["Cleartext-Password := wonder land", Self.expired])
            let server = try start(site)
            let first = try login(server, new: "through the glass", again: 1)
            #expect(first.result.succeeded && first.result.output.contains("MPPE keys OK: 2  mismatch: 0"), "\(first.result.summary)")
            #expect(first.result.rounds < 16)
            #expect(try server.stop() == .code(0))
        }
    }
}
