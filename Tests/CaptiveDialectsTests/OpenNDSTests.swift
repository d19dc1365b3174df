@testable import CaptiveDialects
internal import COpenSSL
import Digests
import Testing

@Suite struct OpenNDSTests {
    static let hid = "2c1b8a67f3d94e5fa0b1c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f50617"
    static let rhid = "7a6d1b4ba697c5ed8867c4a2d02847263429530f63e95b8ef66ac3713ec5a0ed"
    static let gateway = "28946212ec12b04daaf754ded5083d7ca0b0ecf1c50e30ed48c179c0f5a27156"
    static let clear =
        "hid=\(hid), clientip=192.168.8.23, clientmac=aa:bb:cc:00:11:22, client_type=cpd_can, cpi_query=, gatewayname=node%3a26627, "
        + "gatewayurl=http%3a%2f%2fstatus.client, version=10.3.1, gatewayaddress=192.168.8.1:2050, gatewaymac=02aabbccddee, "
        + "originurl=http%3a%2f%2fneverssl.com%2f, clientif=br-lan wlan0, themespec="
    static var plain: String { "fas=" + Base64.text(Array(clear.utf8)) }
    /// Made with the openssl command and the key 1234567890.
    static let sealed =
        "fas=c0k1VmVVUjR2WVBxakQySUhrUEU0Nm5kNFpnaVllRUtvdHVPNnNaQlRJa3NLL1ZoYnVPbVdUMk5Vck9VcmFteDhTUnN0OXVVd25XSzFVSnNaZFR3SmljY240d080SUFod2"
        + "xiemt2aDExNkY4WTRQeWNzVXpYM3BmVS9kZFg1b0toblV3Y0ZUTjZ6RVAzWUpvaGhMdDg4YWt4dE45NzdEdWtFU1dIZ0lCczRGc2ZNOXlqZUZLRVNWVTVPN3R3ODV6YU00eX"
        + "dGc1JNVkhWS2p1ZjFMeUp3akU3ZC9kM0RlcVRHYklucUd0a3VQU1R6MzB1eFFPa014c29TSWpDUGVHWDh5eW13TlgrV2trUFZ4Y1VBeTFOSzB3bllPNWdwVEoraFZib2V5U0"
        + "lXbGx5ZkczUWNVM05hWXBIL1BScGFLQmpXdkNiQTJLT1g0Q2xQNzB6M3NVNDVaV0tTNUprNEZpZkI1UHNWbCt5M2hZVWtJb3g1TmVPN0dnVEQwWGlrR0pKaThKSXBBem5lVG"
        + "RqcXhuM2tEcXBQZk9hcVlhQXJYeUtOUUM5d1pCSDJ1dWt5SlhjMDF5U1RDeVVUc2dZcURFZGQwc0JZWjY0QnlzS1pxL05GTVRwM0dVVSs5SVlvSDVmMnNFMzdjU2hncDhmVW"
        + "d0SytFT1Zxd0tKOVhJK0E3OUFXNkxleVZ1ZG0yR1MrSUJ5WVNjWUl3PT0="
        + "&iv=2d711642b726b044"

    private static var key: CaptiveSettings { CaptiveSettings(secret: "1234567890") }
    private static let back = "redir=https%3A%2F%2Fportal.example.org%2Flogin%2Facme%2Fonline%2F"

    @Test("levels 1 and 2", arguments: [plain, sealed])
    func redirectIn(query: String) throws {
        let request = try Golden.read(query, settings: Self.key)
        #expect(request.dialect == .openNDS)
        #expect(request.clientMAC?.description == "AA-BB-CC-00-11-22")
        #expect(request.clientAddress == "192.168.8.23")
        #expect(request.nasIdentifier == "node:26627")
        #expect(request.nasAddress == "192.168.8.1")
        #expect(request.originalURL?.description == "http://neverssl.com/")
        #expect(try Golden.answer(query, settings: Self.key) == "GO http://192.168.8.1:2050/opennds_auth/?tok=\(Self.rhid)&\(Self.back)")
        #expect(try Golden.logout(query, settings: Self.key) == "GO http://192.168.8.1:2050/opennds_deny/")
    }

    @Test func returnedIDByOpenSSL() {
        let message = Array((Self.hid + "1234567890").utf8)
        var digest = [UInt8](repeating: 0, count: 32)
        _ = COpenSSL.SHA256(message, message.count, &digest)
        #expect(OpenNDSDriver.returnedID(Self.hid, key: "1234567890") == Hexadecimal.encode(digest))
        #expect(Hexadecimal.encode(digest) == Self.rhid)
    }

    @Test func wrongKeys() throws {
        #expect(throws: CaptiveProblem.badSignature) { try Golden.read(Self.sealed, settings: CaptiveSettings(secret: "another key")) }
        #expect(throws: CaptiveProblem.missingSecret) { try Golden.read(Self.sealed) }
        #expect(throws: CaptiveProblem.badSignature) {
            try Golden.read(Self.sealed.replacing("iv=2d711642b726b044", with: "iv=short"), settings: Self.key)
        }
        let request = try Golden.read(Self.plain)
        #expect(throws: CaptiveProblem.missingSecret) { try request.login(Golden.login(), settings: CaptiveSettings()) }
    }

    @Test func level0() throws {
        let query =
            "authaction=http://192.168.8.1:2050/opennds_auth/?clientip=192.168.8.23&gatewayname=hq&tok=4d1b2c3a&redir=http%3a%2f%2fneverssl.com"
        let request = try Golden.read(query)
        #expect(request.dialect == .openNDS)
        #expect(request.clientAddress == "192.168.8.23")
        #expect(request.nasIdentifier == "hq")
        #expect(try Golden.answer(query) == "GO http://192.168.8.1:2050/opennds_auth/?tok=4d1b2c3a&\(Self.back)")
    }

    @Test func polledGateways() throws {
        var settings = Self.key
        settings.isPolled = true
        let limits = CaptiveLimits(seconds: 3661, upKilobits: 1000, downKilobits: 4000, totalOctets: 10_000_000)
        let answer = try Golden.read(Self.sealed, settings: settings).login(Golden.login(limits: limits), settings: settings)
        guard case .poll(let entry) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(entry.gateway == Self.gateway)
        #expect(entry.id == Self.rhid)
        #expect(
            OpenNDSPoll.reply([entry, entry])
                == "* \(Self.rhid)%2062%201000%204000%209766%209766 \(Self.rhid)%2062%201000%204000%209766%209766")
        #expect(OpenNDSPoll.reply([]) == "*")
        #expect(OpenNDSPoll.reply([OpenNDSPoll.Entry](repeating: entry, count: 100)).utf8.count <= 1024)
    }

    @Test func polls() {
        func poll(_ action: String, _ payload: String) -> OpenNDSPoll? {
            OpenNDSPoll(
                CaptiveQuery([
                    CaptiveField("auth_get", action), CaptiveField("gatewayhash", Self.gateway.uppercased()),
                    CaptiveField("payload", Base64.text(Array(payload.utf8))),
                ]))
        }
        #expect(poll("view", "none") == .view(gateway: Self.gateway))
        #expect(poll("list", "none") == .list(gateway: Self.gateway))
        #expect(poll("clear", "none") == .clear(gateway: Self.gateway))
        #expect(poll("view", "* aa11 bb22") == .acknowledged(gateway: Self.gateway, ids: ["aa11", "bb22"]))
        #expect(poll("view", "*\n* aa11\n* ../x\n") == .acknowledged(gateway: Self.gateway, ids: ["aa11"]))
        #expect(poll("view", "*") == .acknowledged(gateway: Self.gateway, ids: []))
        #expect(poll("deauthed", "method=idle, mac=aa") == .notice(gateway: Self.gateway, text: "method=idle, mac=aa"))
        #expect(poll("format", "none") == nil)
        #expect(OpenNDSPoll(CaptiveQuery(encoded: "auth_get=view&gatewayhash=../etc")) == nil)
    }

    @Test(
        "what is not from a gateway",
        arguments: ["fas=%21%21", "fas=aGVsbG8=", "fas=", "fas=" + Base64.text(Array("hid=x, gatewayaddress=192.168.1.1".utf8))])
    func malformed(query: String) {
        #expect(throws: CaptiveProblem.malformed) { try Golden.read(query, settings: Self.key) }
    }

    @Test func aGatewayThatIsNotLocal() throws {
        let text = Self.clear.replacing("192.168.8.1:2050", with: "198.41.0.4:80")
        let request = try Golden.read("fas=" + Base64.text(Array(text.utf8)))
        #expect(throws: CaptiveProblem.untrustedTarget) { try request.login(Golden.login(), settings: Self.key) }
    }
}
