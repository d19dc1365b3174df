import Accounts
import Database
import Foundation
import HTTPTypes
import ServerKernel
import Testing
import TestPeers
import TestSupport
import WebRouting
import WebTestSupport

@testable import Topology

@Suite struct InputFetcherTests {
    @Test(
        "networks that are closed",
        arguments: [
            "127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
            "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
            "64:ff9b::7f00:1", "2002:7f00:1::", "no address", "",
        ])
    func closed(address: String) {
        #expect(!NetworkGuard(allowing: []).permits(address))
    }

    @Test("the others", arguments: ["1.1.1.1", "172.32.0.1", "2606:4700::1111", "64:ff9b::101:101"])
    func open(address: String) {
        #expect(NetworkGuard(allowing: []).permits(address))
    }

    @Test func `what is allowed is allowed, and nothing beside it`() throws {
        let guarding = NetworkGuard(allowing: [try #require(AddressBlock("10.20.0.0/16"))])
        #expect(guarding.permits("10.20.1.1"))
        #expect(!guarding.permits("10.21.1.1"))
        #expect(guarding.permits("::ffff:10.20.1.1"))
    }

    private func fetcher(allowing blocks: [String] = ["127.0.0.1"], _ change: (inout TopologySettings) -> Void = { _ in }) -> InputFetcher {
        var settings = TopologySettings()
        settings.allowedNetworks = blocks.compactMap { AddressBlock($0) }
        settings.timeoutSeconds = 3
        change(&settings)
        return InputFetcher(settings)
    }

    private func failure(_ fetcher: InputFetcher, _ url: String) async -> FetchFailure? {
        do {
            _ = try await fetcher.fetch(url)
            return nil
        } catch {
            return error as? FetchFailure
        }
    }

    @Test func `an answer, a status, a size, a wait`() async throws {
        let server = try ScriptedWebServer { request in
            switch request.line.split(separator: " ")[1] {
            case "/graph": .init(status: 200, body: Fixture.netJSON)
            case "/large": .init(status: 200, body: String(repeating: "x", count: 100_000))
            case "/late": .init(status: 200, isLate: true)
            case "/there": .init(status: 302, location: "/graph")
            default: .init(status: 500)
            }
        }
        let limited = fetcher {
            $0.largestInput = 50_000; $0.timeoutSeconds = 1
        }
        let octets = try await limited.fetch("\(server.url)/graph")
        #expect(octets == Array(Fixture.netJSON.utf8))
        let redirected = try await limited.fetch("\(server.url)/there")
        #expect(redirected == octets)
        #expect(await failure(limited, "\(server.url)/no") == .status(500))
        #expect(await failure(limited, "\(server.url)/large") == .tooLarge(limit: 50_000))
        #expect(await failure(limited, "\(server.url)/late") == .timeout)
        #expect(FetchFailure.status(500).description == "Expecting HTTP 200 ok, got 500")
    }

    @Test func `a closed address is not connected to, by name, and after a redirect`() async throws {
        let inside = try ScriptedWebServer { _ in .init(status: 200, body: "secret") }
        let closed = fetcher(allowing: [])
        for host in ["127.0.0.1", "localhost", "2130706433", "0x7f.1"] {
            #expect(await failure(closed, "http://\(host):\(inside.port)/") == .forbiddenAddress, "\(host)")
        }
        #expect(await failure(closed, "telnet://127.0.0.1:\(inside.port)") == .forbiddenAddress)
        // Allowed is 127.0.0.1 alone; the server there sends elsewhere.
        let target = "http://127.0.0.2:\(inside.port)/"
        let outside = try ScriptedWebServer { _ in .init(status: 302, location: target) }
        #expect(await failure(fetcher(), outside.url + "/") == .forbiddenAddress)
        #expect(inside.requests.isEmpty)
        for url in ["file:///etc/passwd", "gopher://127.0.0.1/", "", "nonsense"] {
            #expect(await failure(closed, url) == .unusableURL, "\(url)")
        }
    }

    @Test("a fetch updates a topology, and what goes wrong is told and kept", arguments: TestDatabase.Engine.available)
    func update(engine: TestDatabase.Engine) async throws {
        let server = try ScriptedWebServer { request in
            request.line.contains("/graph") ? .init(status: 200, body: Fixture.netJSON) : .init(status: 200, body: "no graph")
        }
        try await Fixture.with(engine, { $0.allowedNetworks = ["127.0.0.1"].compactMap { AddressBlock($0) } }) { fixture in
            let good = try fixture.topology(url: "\(server.url)/graph").id
            let bad = try fixture.topology("bad", url: "\(server.url)/bad").id
            _ = try fixture.topology("received", strategy: .receive)
            try await fixture.module.updater.updateDue(now: 1)
            let stored = try fixture.stored(good)
            #expect(stored?.updated != nil && stored?.failure == nil && stored?.description.protocolName == "OLSR")
            let failure = try fixture.stored(bad)?.failure ?? ""
            #expect(failure.hasPrefix("ConversionException: "), "\(failure)")
            let asked = server.requests.count
            #expect(asked == 2)
            // Not due again.
            try await fixture.module.updater.updateDue(now: 2)
            #expect(server.requests.count == asked)
            let again = await fixture.user("manager").post("\(Fixture.path)topology/\(good)/update/")
            #expect(again.status == 200 && again.json?["new_nodes"] == 0, "\(again.text)")
            let refused = await fixture.user("manager").post("\(Fixture.path)topology/\(bad)/update/")
            #expect(refused.status == 400 && refused.json?["detail"]?.string?.hasPrefix("No update: ") == true)
            let sources = await fixture.user("manager").get("\(Fixture.path)source/?q=BAD")
            #expect(sources.json?["count"] == 1 && sources.text.contains("ConversionException"))
        }
    }
}
