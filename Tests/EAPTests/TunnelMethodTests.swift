import TLSEngine
import Testing

@testable import EAP

@Suite(.enabled(if: TestCertificates.shared != nil, "needs openssl"))
struct TunnelMethodTests {
    static let versions: [TLSVersion] = [.v1_2, .v1_3]
    static let types: [EAPType] = [.tls, .ttls, .peap]
    private let certificates: TestCertificates

    init() throws { certificates = try #require(TestCertificates.shared) }

    private func settings(_ type: EAPType, _ version: TLSVersion = .v1_3, _ resumption: TLSResumption? = nil) throws -> EAPSettings {
        var settings = EAPSettings(methods: [type])
        settings.innerMethods = [.ttls: [.gtc], .peap: [.md5, .gtc]]
        settings.tls = try certificates.server {
            $0.maximumVersion = version
            $0.resumption = resumption
        }
        settings.maximumRounds = 1000
        return settings
    }

    private func peer(_ type: EAPType, fragment: Int = 1000, name: String = "bob", password: String = "hello", _ client: TLSContext? = nil)
        throws -> TunnelPeer
    {
        let speech =
            switch type {
            case .ttls: TunnelPeer.pap(name, password)
            case .peap: TunnelPeer.peapGTC(name, password)
            default: TunnelPeer.silence
            }
        return try TunnelPeer(type, client ?? certificates.client("bob"), fragment: fragment, speech)
    }

    @Test(arguments: types)
    func `a peer that declines, or never answers, costs no TLS session`(_ type: EAPType) throws {
        let context = EAPMethodContext(settings: try settings(type), identity: [], packetLimit: 1000)
        let tunnel = try #require(TLSTunnel(context, type, version: 0, verification: context.verification(of: type)))
        #expect(tunnel.start() == [0x20])
        tunnel.forget()
        #expect(tunnel.facts.isEmpty)
        #expect(tunnel.needsWorker)
        #expect(tunnel.begun == nil)
        _ = tunnel.receive([0])
        #expect(tunnel.begun != nil)
    }

    @Test(arguments: types, versions)
    func bothSidesHaveTheSameKeys(_ type: EAPType, _ version: TLSVersion) throws {
        var settings = try settings(type, version)
        settings.peapCryptoBinding = .no
        let conversation = EAPConversation(settings, maximumSize: nil)
        let peer = try peer(type)
        guard case .accept(_, let keys?) = try TunnelRun(conversation, peer).last else {
            Issue.record("expected acceptance")
            return
        }
        let label = type == .ttls ? "ttls keying material" : "client EAP encryption"
        let material =
            version == .v1_3
            ? peer.session.export(label: "EXPORTER_EAP_TLS_Key_Material", context: [type.rawValue], length: 128)
            : peer.session.export(label: label, context: nil, length: 128)
        #expect(keys.msk + keys.emsk == material)
        #expect(keys.sessionID.count == 65)
        #expect(keys.sessionID.first == type.rawValue)
        #expect(conversation.identity == Array("bob".utf8))
        #expect(conversation.outerIdentity == Array("anonymous".utf8))
        #expect(conversation.methodName == ["TLS", "TTLS/PAP", "PEAP/GTC"][Self.types.firstIndex(of: type) ?? 0])
    }

    @Test(arguments: types, [64, 65, 100, 253, 600, 1400])
    func fragmentSizes(_ type: EAPType, _ size: Int) throws {
        for version in Self.versions {
            var settings = try settings(type, version)
            settings.fragmentSize = size
            settings.includesLength = size % 3 != 0
            let run = try TunnelRun(EAPConversation(settings, maximumSize: nil), peer(type, fragment: size))
            #expect(run.last.isAccept)
            #expect(run.largest <= size)
            #expect(run.largest > size / 2)
        }
    }

    @Test(arguments: [(nil, 1024), (99, 1024), (256, 252), (5000, 1024)] as [(Int?, Int)])
    func framedMTULowersTheSize(_ mtu: Int?, _ expected: Int) throws {
        let conversation = EAPConversation(try settings(.ttls), maximumSize: mtu)
        #expect(try TunnelRun(conversation, peer(.ttls)).largest == expected)
    }

    @Test(arguments: types, versions)
    func lateAndRepeatedPacketsChangeNothing(_ type: EAPType, _ version: TLSVersion) throws {
        var settings = try settings(type, version)
        settings.fragmentSize = 200
        var sent: [[UInt8]] = []
        let run = try TunnelRun(
            EAPConversation(settings, maximumSize: nil), peer(type, fragment: 150),
            disturb: { conversation, response in
                if !sent.isEmpty {
                    for late in sent { #expect(conversation.handle(late).isDiscard) }
                    #expect(conversation.handle(Array(response.dropLast())).isDiscard)
                    #expect(conversation.handle([UInt8](repeating: 0, count: 7)).isDiscard)
                    #expect(conversation.resume(EAPVerdict(isAccepted: true)).isDiscard)
                }
                sent.append(response)
            })
        #expect(run.last.isAccept)
        #expect(sent.count > 8)
    }

    @Test(arguments: [EAPType.ttls, .peap], versions)
    func wrongPassword(_ type: EAPType, _ version: TLSVersion) throws {
        let run = try TunnelRun(EAPConversation(settings(type, version), maximumSize: nil), peer(type, password: "wrong"))
        #expect(run.last.failure == .refused)
        #expect(run.last.isReject)
    }

    @Test(arguments: types, versions)
    func resumptionAsksPolicyAgain(_ type: EAPType, _ version: TLSVersion) throws {
        let settings = try settings(type, version, TLSResumption(lifetimeSeconds: 60, capacity: 10))
        let client = try certificates.client("bob") { $0.resumption = TLSResumption(lifetimeSeconds: 60, capacity: 10) }
        #expect(try TunnelRun(EAPConversation(settings, maximumSize: nil), peer(type, client)).last.isAccept)
        var proofs: [EAPProvenBy] = []
        var identities: [[UInt8]] = []
        for isAccepted in [true, true, false] {
            let conversation = EAPConversation(settings, maximumSize: nil)
            let run = try TunnelRun(conversation, peer(type, name: "eve", password: "no", client)) { authentication in
                if case .proven(let by) = authentication.proof { proofs.append(by) }
                identities.append(authentication.identity)
                return EAPVerdict(isAccepted: isAccepted)
            }
            #expect(run.last.isAccept == isAccepted)
            #expect(conversation.facts.contains { $0 == ("TLS-Session-Resumed", "yes") })
        }
        #expect(proofs == [.resumption, .resumption, .resumption])
        #expect(identities == [[UInt8]](repeating: Array("bob".utf8), count: 3))
    }

    @Test(arguments: types, versions)
    func refusedSessionsAreNotRemembered(_ type: EAPType, _ version: TLSVersion) throws {
        let resumption = TLSResumption(lifetimeSeconds: 60, capacity: 10)
        let settings = try settings(type, version, resumption)
        let client = try certificates.client("bob") { $0.resumption = TLSResumption(lifetimeSeconds: 60, capacity: 10) }
        let run = try TunnelRun(EAPConversation(settings, maximumSize: nil), peer(type, client)) { _ in EAPVerdict(isAccepted: false) }
        #expect(run.last.isReject)
        #expect(resumption.count == 0)
    }

    @Test(arguments: types)
    func sessionsOfOneMethodAreNoOthers(_ type: EAPType) throws {
        let resumption = TLSResumption(lifetimeSeconds: 60, capacity: 10)
        let client = try certificates.client("bob") { $0.resumption = TLSResumption(lifetimeSeconds: 60, capacity: 10) }
        for first in Self.types where first != type {
            _ = try TunnelRun(EAPConversation(settings(first, .v1_3, resumption), maximumSize: nil), peer(first, client))
        }
        let conversation = EAPConversation(try settings(type, .v1_3, resumption), maximumSize: nil)
        #expect(try TunnelRun(conversation, peer(type, client)).last.isAccept)
        #expect(conversation.facts.contains { $0 == ("TLS-Session-Resumed", "no") })
    }

    @Test(arguments: versions)
    func alertComesBeforeFailure(_ version: TLSVersion) throws {
        let peer = try peer(.tls, try certificates.client("stranger"))
        let run = try TunnelRun(EAPConversation(settings(.tls, version), maximumSize: nil), peer)
        guard case .reject(_, .tls(let reason)) = run.last else {
            Issue.record("expected a TLS failure")
            return
        }
        #expect(reason.contains("unknown CA"))
        guard case .failed(let failure) = peer.session.receive([]) else {
            Issue.record("the peer has seen no alert")
            return
        }
        #expect(failure.alert?.code == 48)
    }

    @Test(arguments: versions)
    func tlsNeedsACertificate(_ version: TLSVersion) throws {
        let run = try TunnelRun(EAPConversation(settings(.tls, version), maximumSize: nil), peer(.tls, try certificates.client()))
        #expect(run.last.isReject)
        #expect(
            try TunnelRun(EAPConversation(settings(.ttls, version), maximumSize: nil), peer(.ttls, try certificates.client())).last.isAccept
        )
    }

    @Test(arguments: [EAPType.ttls, .peap])
    func tunnelsMayNeedACertificate(_ type: EAPType) throws {
        var settings = try settings(type)
        settings.requiresCertificate = [type]
        #expect(try TunnelRun(EAPConversation(settings, maximumSize: nil), peer(type, try certificates.client())).last.isReject)
        let conversation = EAPConversation(settings, maximumSize: nil)
        #expect(try TunnelRun(conversation, peer(type)).last.isAccept)
        #expect(conversation.facts.contains { $0 == ("TLS-Client-Cert-Common-Name", "bob") })
    }

    @Test func factsAreToldOnce() throws {
        var facts: [String] = []
        _ = try TunnelRun(EAPConversation(settings(.peap), maximumSize: nil), peer(.peap)) { authentication in
            facts = authentication.facts.map(\.name)
            return TestUser.bob.verdict(authentication)
        }
        #expect(facts.sorted() == ["EAP-Inner-Type", "EAP-Type", "TLS-Session-Cipher-Suite", "TLS-Session-Resumed", "TLS-Session-Version"])
    }

    @Test func attributesComeWithTheCredentials() throws {
        let words = TunnelPeer.pap("bob", "hello")
        let peer = try TunnelPeer(.ttls, certificates.client()) { peer, heard in
            words(peer, heard) + (heard.isEmpty ? DiameterAVP(code: 87, value: [1, 2]).bytes : [])
        }
        peer.isEager = true
        var attributes: [(type: UInt8, value: [UInt8])] = []
        _ = try TunnelRun(EAPConversation(settings(.ttls), maximumSize: nil), peer) { authentication in
            attributes = authentication.attributes
            return TestUser.bob.verdict(authentication)
        }
        #expect(attributes.map(\.type) == [87])
        #expect(attributes.map(\.value) == [[1, 2]])
    }

    @Test func peerThatReportsFailureIsNotAccepted() throws {
        let speech = TunnelPeer.peapGTC("bob", "hello")
        for (answer, expected): ([UInt8], EAPFailure) in [
            ([2, 9, 0, 11, 33, 0x80, 3, 0, 2, 0, 2], .proof("the peer reports failure")),
            ([3, 0], .unexpected("type Nak instead of a result")),
            ([33], .proof("the peer reports failure")), ([33, 0x80], .malformed("TLV header")),
        ] {
            let peer = try TunnelPeer(.peap, certificates.client()) { peer, heard in
                let words = speech(peer, heard)
                return words.count == 11 && words[4] == 33 ? answer : words
            }
            #expect(try TunnelRun(EAPConversation(settings(.peap), maximumSize: nil), peer).last.failure == expected)
        }
    }

    @Test func workIsAnnounced() throws {
        let conversation = EAPConversation(try settings(.ttls), maximumSize: nil)
        let peer = try peer(.ttls)
        var request = try #require(conversation.handle(peer.firstPacket.bytes).request)
        #expect(conversation.needsWorker)
        request = try #require(conversation.handle(peer.answer(request).bytes).request)
        // The peer only acknowledges fragments now.
        #expect(!conversation.needsWorker)
        request = try #require(conversation.handle(peer.answer(request).bytes).request)
        #expect(conversation.needsWorker)
    }
}
