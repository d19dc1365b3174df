import RADIUSTransport
import Testing

@testable import Composition

@Suite struct NASChecksTests {
    @Test func `packets made with another secret are an error that names the NAS`() throws {
        let scene = try TestScene.with {
            $0.badAuthenticators = 3
            $0.lastBadAuthenticator = TestScene.noon
        }
        let findings = WrongSecretCheck().findings(scene)
        #expect(findings.map(\.severity) == [.error])
        #expect(findings[0].message.contains("'office' (192.0.2.0/24)"))
        #expect(findings[0].message.contains("2025-06-15T15:06:40Z"))
        #expect(WrongSecretCheck().findings(try TestScene.with { $0.accepts = 9 }).isEmpty)
    }

    @Test func `logins that all fail look like a wrong secret where nothing else proves it`() throws {
        let scene = try TestScene.with {
            $0.rejects = 20
            $0.withoutMessageAuthenticator = 20
        }
        #expect(WrongSecretCheck().findings(scene).map(\.severity) == [.warning])
        let proved = try TestScene.with { $0.rejects = 20 }
        #expect(WrongSecretCheck().findings(proved).isEmpty)
        let mixed = try TestScene.with {
            $0.rejects = 20
            $0.accepts = 1
            $0.withoutMessageAuthenticator = 21
        }
        #expect(WrongSecretCheck().findings(mixed).isEmpty)
    }

    @Test func `addresses that no NAS covers are told with the command that adds them`() throws {
        var scene = try TestScene.with { _ in }
        scene.statistics?.strangers = [.init(address: "198.51.100.7", role: .authentication, packets: 4, lastSeen: TestScene.noon)]
        let finding = try #require(UnknownNASCheck().findings(scene).first)
        #expect(finding.severity == .error)
        #expect(finding.command?.contains("--address 198.51.100.7") == true)
    }

    @Test func `BlastRADIUS`() throws {
        let scene = try TestScene.with {
            $0.requests = 10
            $0.withoutMessageAuthenticator = 4
        }
        #expect(MessageAuthenticatorCheck().findings(scene).map(\.severity) == [.warning])
        #expect(MessageAuthenticatorCheck().findings(try TestScene.with { $0.requests = 10 }).isEmpty)
    }

    @Test(arguments: [(-3600, true), (61, true), (-60, false), (0, false)] as [(Int64, Bool)])
    func `clocks that differ`(_ skew: Int64, _ isFound: Bool) throws {
        let scene = try TestScene.with(.accounting) { $0.clockSkew = skew }
        let findings = ClockSkewCheck().findings(scene)
        #expect(findings.isEmpty == !isFound)
        if skew < -60 { #expect(findings.first?.message.contains("3600 s behind") == true) }
    }

    @Test func `a NAS that logs in and does not account`() throws {
        #expect(MissingAccountingCheck().findings(try TestScene.with { $0.accepts = 5 }).count == 1)
        #expect(MissingAccountingCheck().findings(try TestScene.with(startedAgo: 60) { $0.accepts = 5 }).isEmpty, "too early to tell")
        var scene = try TestScene.with { $0.accepts = 5 }
        var accounting = ClientCounts()
        accounting.requests = 1
        scene.statistics?.clients.append(.init(name: "office", address: "192.0.2.0/24", role: .accounting, counts: accounting))
        #expect(MissingAccountingCheck().findings(scene).isEmpty)
    }

    @Test func `secrets that are short, known or shared`() throws {
        var scene = try TestScene.make()
        scene.devices = [
            TestScene.device("good", "0123456789abcdef"), TestScene.device("short", "0123456789abcde", "192.0.2.2"),
            TestScene.device("known", "Testing123", "192.0.2.3"), TestScene.device("local", "testing123", "127.0.0.1"),
            TestScene.device("one", "a secret of two devices", "192.0.2.4"),
            TestScene.device("two", "a secret of two devices", "192.0.2.5"),
        ]
        let findings = WeakSecretCheck().findings(scene)
        #expect(findings.map(\.severity) == [.warning, .error, .notice])
        #expect(
            findings.map(\.message).map { ["'short'", "'known'", "'one', 'two'"].filter($0.contains).first } == [
                "'short'", "'known'", "'one', 'two'",
            ])
        #expect(!findings.contains { $0.message.contains("Testing123") || $0.advice.contains("Testing123") })
    }
}
