import NIOConcurrencyHelpers
import RADIUSTransport
import RADIUSDictionary
import Digests
import RADIUSPipeline
import RADIUSWire
import Testing

struct MSCHAPTests {
    // RFC 2759 §9.2 and RFC 3079 §3.5.
    private static let challenge = "5b5d7c7d7b3f2f3e3c2c602132262628"
    private static let peer = "21402324255e262a28295f2b3a337c7e"
    private static let response = "82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df"

    private func version2(_ installation: Installation, user: String = "User", response: String = response) throws -> [Attribute] {
        try [
            installation.attribute("User-Name", user), installation.attribute("MS-CHAP-Challenge", octets: octets(Self.challenge)),
            installation.attribute("MS-CHAP2-Response", octets: octets("1700" + Self.peer + "0000000000000000" + response)),
        ]
    }

    private func installation(_ row: (String, String) = ("Cleartext-Password", "clientPass"), _ more: (String, String, String)...) throws
        -> Installation
    {
        let installation = try Installation()
        let extra = more.enumerated().map { PolicyRow(table: .radcheck, id: Int64($0 + 2), attribute: $1.0, op: $1.1, value: $1.2) }
        installation.stores["User"] = UserPolicy(checks: rows(.radcheck, (row.0, ":=", row.1)) + extra)
        return installation
    }

    private func value(_ name: String, _ decision: Decision) -> [UInt8]? {
        guard case .bytes(let value)? = decision.attributes.first(where: { $0.definition.name == name })?.value else { return nil }
        return value
    }

    @Test(arguments: [("Cleartext-Password", "clientPass"), ("NT-Password", "44ebba8d5312b8d611474411f56989ae")])
    func version2Vector(_ row: (String, String)) throws {
        let installation = try installation(row)
        let decision = try installation.decide(version2(installation))
        #expect(decision.code == .accessAccept)
        #expect(value("MS-CHAP2-Success", decision) == [0x17] + Array("S=407A5589115FD0D6209F510FE9C04566932CDA56".utf8))
        #expect(value("MS-MPPE-Send-Key", decision) == octets("8b7cdc149b993a1ba118cb153f56dccb"))
        #expect(value("MS-MPPE-Recv-Key", decision) == octets("d5f0e9521e3ea9589645e86051c82226"))
        #expect(decision.lines.contains("MS-MPPE-Send-Key = <secret>"))
    }

    @Test func domainInFrontIsNotPartOfTheHash() throws {
        let installation = try installation()
        installation.stores["WORK\\User"] = installation.stores["User"]
        #expect(try installation.decide(version2(installation, user: "WORK\\User")).code == .accessAccept)
    }

    @Test func wrongResponseOffersARetry() throws {
        let installation = try installation()
        let decision = try installation.decide(version2(installation, response: String(repeating: "00", count: 24)))
        #expect(decision.reason == .passwordMismatch)
        let error = try #require(value("MS-CHAP-Error", decision))
        #expect(error[0] == 0x17)
        let text = String(decoding: error.dropFirst(), as: UTF8.self)
        #expect(text.wholeMatch(of: /E=691 R=1 C=[0-9A-F]{32} V=3 M=Authentication rejected/) != nil)
        #expect(value("MS-CHAP2-Success", decision) == nil)
    }

    @Test(arguments: [
        (("SMB-Account-CTRL", ":=", "1"), "E=647 R=0", RejectReason.accountInactive),
        (("SMB-Account-CTRL", ":=", "131072"), "E=648 R=0", .passwordExpired),
        (("Login-Time", ":=", "Mo"), "E=646 R=0", .loginTimeOutside),
        (("Expiration", ":=", "1 Jan 2020"), "E=647 R=0", .accountExpired),
        (("Auth-Type", ":=", "Reject"), "E=649 R=0", .policyRejected),
    ])
    func refusalsHaveTheirCodes(_ row: (String, String, String), _ text: String, _ reason: RejectReason) throws {
        let installation = try installation(("Cleartext-Password", "clientPass"), row)
        let decision = try installation.decide(version2(installation))
        #expect(decision.reason == reason)
        #expect(try String(decoding: #require(value("MS-CHAP-Error", decision)).dropFirst(), as: UTF8.self).hasPrefix(text + " C="))
    }

    @Test func hashThatIsNoNTHashCannotServe() throws {
        let installation = try installation(("Crypt-Password", slowHello))
        #expect(try installation.decide(version2(installation)).reason == .passwordUnsuitable)
    }

    @Test func missingChallengeIsMalformed() throws {
        let installation = try installation()
        #expect(
            try installation.decide(version2(installation).filter { $0.definition.name != "MS-CHAP-Challenge" }).reason
                == .credentialsMalformed)
    }

    /// RFC 2433: MyPw, 8 octet challenge.
    @Test(arguments: [("MyPw", PacketCode.accessAccept), ("myPw", .accessReject)])
    func version1Vector(_ password: String, _ code: PacketCode) throws {
        let installation = try Installation()
        installation.stores["User"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", password)))
        let zeros = String(repeating: "00", count: 24)
        let decision = try installation.decide([
            installation.attribute("User-Name", "User"), installation.attribute("MS-CHAP-Challenge", octets: octets("102db5df085d3041")),
            installation.attribute(
                "MS-CHAP-Response", octets: octets("0901" + zeros + "4e9d3c8f9cfd385d5bf4d3246791956ca4c351ab409a3d61")),
        ])
        #expect(decision.code == code)
        if code == .accessAccept {
            let keys = try #require(value("MS-CHAP-MPPE-Keys", decision))
            #expect(keys.suffix(16) == octets("874fb0693e18106a814481bc51cd7d37"))
        } else {
            let error = try #require(value("MS-CHAP-Error", decision))
            #expect(String(decoding: error.dropFirst(), as: UTF8.self).wholeMatch(of: /E=691 R=1 C=[0-9A-F]{16} V=3 M=.*/) != nil)
        }
    }

    // Password change (RFC 2759 §7).

    /// A change from clientPass to `new`, as a peer computes it.
    private func change(_ installation: Installation, to new: String, old: String = "clientPass") throws -> [Attribute] {
        let oldHash = NTHash.hash(password: old)
        let newHash = NTHash.hash(password: new)
        let unicode = new.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        let clear = [UInt8](repeating: 7, count: 512 - unicode.count) + unicode + [UInt8(unicode.count), 0, 0, 0]
        let encrypted = rc4(clear, key: oldHash)
        let first = MSCHAP.challengeResponse(challenge: Array(oldHash[..<8]), hash: newHash)[..<8]
        let second = MSCHAP.challengeResponse(challenge: Array(oldHash[8...]), hash: newHash)[8..<16]
        let response = MSCHAP.ntResponse(
            authenticatorChallenge: octets(Self.challenge), peerChallenge: octets(Self.peer), userName: Array("User".utf8), ntHash: newHash)
        let fragments = [(1, encrypted[..<243]), (2, encrypted[243..<486]), (3, encrypted[486...])].map {
            [6, 0x17, 0, UInt8($0.0)] + $0.1
        }
        return try [
            installation.attribute("User-Name", "User"), installation.attribute("MS-CHAP-Challenge", octets: octets(Self.challenge)),
            installation.attribute(
                "MS-CHAP2-CPW",
                octets: [7, 0x17] + first + second + octets(Self.peer) + [UInt8](repeating: 0, count: 8) + response + [0, 0]),
        ] + fragments.map { try installation.attribute("MS-CHAP-NT-Enc-PW", octets: $0) }
    }

    @Test(arguments: [
        ("Cleartext-Password", "clientPass", "new secret"), ("NT-Password", "44ebba8d5312b8d611474411f56989ae", nil),
        ("Password-With-Header", "{clear}clientPass", "{clear}new secret"),
    ])
    func changeIsStoredInTheFormOfTheRow(_ attribute: String, _ stored: String, _ expected: String?) throws {
        let installation = try installation((attribute, stored))
        let decision = try installation.decide(change(installation, to: "new secret"))
        #expect(decision.code == .accessAccept)
        let changes = installation.stores.state.withLockedValue { $0.changes }
        #expect(changes.count == 1)
        #expect(changes.first?.row.id == 1)
        #expect(
            changes.first?.value == expected
                ?? NTHash.hash(password: "new secret").map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())
        #expect(try !decision.record.orThrow().render().contains("new secret"))
    }

    @Test func changeWithTheWrongOldPasswordIsRefused() throws {
        let installation = try installation()
        let decision = try installation.decide(change(installation, to: "new", old: "guess"))
        #expect(decision.reason == .passwordMismatch)
        #expect(installation.stores.state.withLockedValue { $0.changes.isEmpty })
    }

    @Test(arguments: ["", "short", "clientPass"])
    func weakOrOldPasswordsAreRefused(_ new: String) throws {
        let installation = try installation()
        let decision = try installation.decide(change(installation, to: new))
        #expect(decision.reason == .passwordUnfit)
        #expect(try String(decoding: #require(value("MS-CHAP-Error", decision)).dropFirst(), as: UTF8.self).hasPrefix("E=709 R=0 C="))
        #expect(installation.stores.state.withLockedValue { $0.changes.isEmpty })
    }

    @Test(arguments: [#"new\tsecret\"#, #""quoted""#, "'quoted and'", #"back\\slashes"#, "`ticked it`", "pässwörter"])
    func newPasswordIsWhatTheRowThenMeans(_ new: String) throws {
        let installation = try installation()
        #expect(try installation.decide(change(installation, to: new)).code == .accessAccept)
        let stored = try #require(installation.stores.state.withLockedValue { $0.changes.first?.value })
        installation.stores["User"] = UserPolicy(checks: rows(.radcheck, ("Cleartext-Password", ":=", stored)))
        let response = MSCHAP.ntResponse(
            authenticatorChallenge: octets(Self.challenge), peerChallenge: octets(Self.peer), userName: Array("User".utf8),
            ntHash: NTHash.hash(password: new))
        let digits = response.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(try installation.decide(version2(installation, response: digits)).code == .accessAccept)
    }

    @Test func changeEndsTheExpiryInTheSameWrite() throws {
        let installation = try installation(("Cleartext-Password", "clientPass"), ("SMB-Account-CTRL", ":=", "131088"))
        #expect(try installation.decide(change(installation, to: "new secret")).code == .accessAccept)
        let changes = installation.stores.state.withLockedValue { $0.changes }
        #expect(changes.map(\.row.attribute) == ["Cleartext-Password", "SMB-Account-CTRL"])
        #expect(changes.map(\.value) == ["new secret", "16"])
    }

    @Test func expiryThatTheUserDoesNotOwnStays() throws {
        let installation = try installation()
        installation.stores["User"] = UserPolicy(
            checks: rows(.radcheck, ("Cleartext-Password", ":=", "clientPass")),
            groups: [GroupPolicy(name: "all", priority: 1, checks: rows(.radgroupcheck, ("SMB-Account-CTRL", ":=", "131072")))])
        #expect(try installation.decide(change(installation, to: "new secret")).reason == .passwordChangeFailed)
        #expect(installation.stores.state.withLockedValue { $0.changes.isEmpty })
    }

    @Test func disabledAccountsChangeNothing() throws {
        let installation = try installation(("Cleartext-Password", "clientPass"), ("SMB-Account-CTRL", ":=", "131073"))
        #expect(try installation.decide(change(installation, to: "new secret")).reason == .accountInactive)
        #expect(installation.stores.state.withLockedValue { $0.changes.isEmpty })
    }

    @Test func rehearsalChangesNothing() throws {
        let installation = try installation()
        #expect(try installation.decide(change(installation, to: "new secret"), isRehearsal: true).code == .accessAccept)
        #expect(installation.stores.state.withLockedValue { $0.changes.isEmpty })
        #expect(installation.log.entries.isEmpty)
    }

    private func rc4(_ data: [UInt8], key: [UInt8]) -> [UInt8] {
        var state = (0...255).map { UInt8($0) }
        var j: UInt8 = 0
        for i in 0..<256 {
            j = j &+ state[i] &+ key[i % key.count]
            state.swapAt(i, Int(j))
        }
        var i: UInt8 = 0
        j = 0
        return data.map { octet in
            i = i &+ 1
            j = j &+ state[Int(i)]
            state.swapAt(Int(i), Int(j))
            return octet ^ state[Int(state[Int(i)] &+ state[Int(j)])]
        }
    }
}
