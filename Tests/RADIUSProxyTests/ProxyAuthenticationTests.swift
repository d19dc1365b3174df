import Foundation
import NIOConcurrencyHelpers
import RADIUSDictionary
import RADIUSPipeline
import RADIUSProxy
import RADIUSWire
import TestSupport
import Testing

@testable import RADIUSTransport

/// Logins through the pipeline to scripted home servers.
@Suite struct ProxyAuthenticationTests {
    @Test func theHomeServersReplyDecides() throws {
        let home = try ScriptedHomeServer("home", always: .accessAccept, attributes: [18, 4] + Array("hi".utf8) + [27, 6, 0, 0, 0, 60])
        let site = try ProxyInstallation([home])
        let accept = try site.logIn()
        #expect(accept.code == .accessAccept)
        #expect(accept.text("Reply-Message") == "hi")
        let request = try #require(home.requests.first)
        #expect(request.text(1) == "bob", "the realm is stripped")
        #expect(request.userPassword(homeSecret) == Array("hello".utf8))
        home.become { request, _, reply in reply(ScriptedHomeServer.signed(.accessReject, request, [18, 4] + Array("no".utf8))) }
        let reject = try site.logIn()
        #expect(reject.code == .accessReject)
        #expect(reject.reason == .homeServerRejected)
        #expect(reject.text("Reply-Message") == "no")
    }

    @Test func otherNamesStayHere() throws {
        let home = try ScriptedHomeServer("home")
        let site = try ProxyInstallation([home])
        #expect(try site.logIn("bob@elsewhere.org").text("Reply-Message") == "local bob@elsewhere.org")
        #expect(try site.logIn("bob").text("Reply-Message") == "local bob")
        #expect(home.requests.isEmpty)
    }

    @Test func aRealmWithoutPoolIsLocalAndStripped() throws {
        let home = try ScriptedHomeServer("home")
        let site = try ProxyInstallation([home]) { $0.authenticationPool = nil }
        #expect(try site.logIn().text("Reply-Message") == "local bob")
        let kept = try ProxyInstallation([home]) {
            $0.authenticationPool = nil
            $0.stripsRealm = false
        }
        #expect(try kept.logIn().text("Reply-Message") == "local bob@home.org")
    }

    @Test func nostripAndEAPKeepTheName() throws {
        let home = try ScriptedHomeServer("home")
        let kept = try ProxyInstallation([home]) { $0.stripsRealm = false }
        _ = try kept.logIn()
        #expect(home.requests.last?.text(1) == "bob@home.org")
        let stripping = try ProxyInstallation([home])
        _ = try stripping.decide(["User-Name = bob@home.org", "EAP-Message = 0x02010011016001"])
        #expect(home.requests.last?.text(1) == "bob@home.org")
    }

    @Test func aRealmMayBeRejectedWithItsMessage() throws {
        let site = try ProxyInstallation([]) { realm in
            realm.authenticationPool = nil
            realm.rejectMessage = "Misconfigured client"
        }
        let decision = try site.logIn()
        #expect(decision.reason == .realmRefused)
        #expect(decision.text("Reply-Message") == "Misconfigured client")
    }

    @Test func aLostRequestIsSentAgainUnchanged() throws {
        let home = try ScriptedHomeServer("home") { request, number, reply in
            if number == 2 { reply(ScriptedHomeServer.signed(.accessAccept, request)) }
        }
        let site = try ProxyInstallation([home])
        #expect(try site.logIn().code == .accessAccept)
        #expect(home.requests.count == 3)
        #expect(Set(home.requests.map(\.bytes)).count == 1)
    }

    @Test func halfwayThroughTheWindowTheNextServerIsAsked() throws {
        let (first, second) = (try ScriptedHomeServer.silent("first"), try ScriptedHomeServer("second"))
        let site = try ProxyInstallation([first, second])
        #expect(try site.logIn().code == .accessAccept)
        #expect(first.requests.count >= 1 && second.requests.count == 1)
        #expect(try site.status("second").replies == 1)
        // It may still answer within its window.
        #expect(waitUntil { (try? site.status("first").outstanding) == 0 })
    }

    @Test func aServerThatAnotherStandsInForIsFoundDeadAllTheSame() throws {
        let (first, second) = (try ScriptedHomeServer.silent("first"), try ScriptedHomeServer("second"))
        let site = try ProxyInstallation([first, second])
        #expect(try site.logIn().code == .accessAccept)
        #expect(waitUntil { (try? site.status("first").condition) == .zombie })
        let before = first.requests.count
        #expect(try site.logIn().code == .accessAccept)
        #expect(first.requests.count == before, "nobody waits for it again")
    }

    @Test func aLateAnswerKeepsASlowServerAlive() throws {
        let first = try ScriptedHomeServer("first") { request, _, reply in
            let octets = ScriptedHomeServer.signed(.accessAccept, request)
            _ = NamedThread("slow") {
                usleep(300_000)
                reply(octets)
            }
        }
        let second = try ScriptedHomeServer("second")
        let site = try ProxyInstallation([first, second])
        #expect(try site.logIn().code == .accessAccept)
        #expect(waitUntil { (try? site.status("first").replies) == 1 })
        #expect(try site.status("first").condition == .alive)
        #expect(try site.status("first").timeouts == 0)
    }

    /// RFC 7930 §4.
    @Test func protocolErrorIsNoAnswerAndTheNextServerIsAsked() throws {
        let cause: [UInt8] = [101, 6, 0, 0, 1, 0xf9]
        let unable = try ScriptedHomeServer("unable", always: .protocolError, attributes: [241, 7, 4, 0, 0, 0, 1] + cause)
        let able = try ScriptedHomeServer("able")
        #expect(try ProxyInstallation([unable, able]).logIn().code == .accessAccept)
        #expect(unable.requests.count == 1, "asked once")
        #expect(try ProxyInstallation([unable]).logIn().isSilent, "hop by hop: never passed on")
        let foreign = try ScriptedHomeServer("foreign", always: .protocolError, attributes: [241, 7, 4, 0, 0, 0, 4] + cause)
        let site = try ProxyInstallation([foreign, able])
        #expect(try site.logIn().code == .accessAccept)
        #expect(foreign.requests.count > 1, "an answer to another packet code is none")
    }

    @Test func aConversationStaysWithItsServer() throws {
        let state: [UInt8] = [24, 6, 1, 2, 3, 4]
        let challenge: ScriptedHomeServer.Script = { request, _, reply in
            reply(
                ScriptedHomeServer.signed(
                    request.contains(24) ? .accessAccept : .accessChallenge, request, request.contains(24) ? [] : state))
        }
        let (first, second) = (try ScriptedHomeServer("first", challenge), try ScriptedHomeServer("second", challenge))
        let site = try ProxyInstallation([first, second], method: .loadBalance)
        for _ in 0..<20 {
            let before = (first.requests.count, second.requests.count)
            #expect(try site.logIn().code == .accessChallenge)
            #expect(try site.logIn("bob@home.org", "State = 0x01020304").code == .accessAccept)
            let after = (first.requests.count, second.requests.count)
            #expect(after == (before.0 + 2, before.1) || after == (before.0, before.1 + 2))
        }
    }

    @Test func aSilentServerMidConversationIsNotReplaced() throws {
        let (first, second) = (try ScriptedHomeServer.silent("first"), try ScriptedHomeServer("second"))
        let site = try ProxyInstallation([first, second])
        #expect(try site.logIn("bob@home.org", "State = 0x01020304").isSilent)
        #expect(second.requests.isEmpty)
    }

    @Test func aSilentServerBecomesAZombieAndIsAvoided() throws {
        let (first, second) = (try ScriptedHomeServer.silent("first"), try ScriptedHomeServer("second"))
        let site = try ProxyInstallation([first, second]) { _ in
        } server: {
            $0.timers.responseWindow = .milliseconds(150)
        }
        // The conversation's own server is waited for to the end, which counts as its timeout.
        _ = try site.logIn("bob@home.org", "State = 0x01")
        #expect(try site.status("first").condition == .zombie)
        #expect(try site.status("first").timeouts == 1)
        let before = first.requests.count
        #expect(try site.logIn().code == .accessAccept)
        #expect(first.requests.count == before)
    }

    @Test func lateRepliesDecideNothing() throws {
        let late = NIOLockedValueBox<[@Sendable () -> Void]>([])
        let home = try ScriptedHomeServer("home") { request, _, reply in
            late.withLockedValue { $0.append { reply(ScriptedHomeServer.signed(.accessAccept, request)) } }
        }
        let site = try ProxyInstallation([home]) { _ in
        } server: {
            $0.timers.responseWindow = .milliseconds(100)
        }
        #expect(try site.logIn().isSilent)
        for send in late.withLockedValue({ $0 }) { send() }
        home.become { request, _, reply in reply(ScriptedHomeServer.signed(.accessReject, request)) }
        #expect(try site.logIn().code == .accessReject)
        #expect(try site.status("home").replies == 1)
    }

    @Test(arguments: ProxyFallback.allCases) func whatHappensWithoutAnAnswer(fallback: ProxyFallback) throws {
        let (dead, spare) = (try ScriptedHomeServer.silent("dead"), try ScriptedHomeServer("spare"))
        var realm = try #require(Realm(name: "home.org"))
        realm.authenticationPool = "dead"
        realm.fallback = fallback
        var other = try #require(Realm(name: "DEFAULT"))
        other.authenticationPool = "spare"
        other.stripsRealm = false
        var slow = dead.configuration
        slow.timers.responseWindow = .milliseconds(100)
        let site = try ProxyInstallation(
            ProxyConfiguration(
                realms: [realm, other], homeServers: [slow, spare.configuration],
                pools: [HomeServerPool(name: "dead", servers: ["dead"]), HomeServerPool(name: "spare", servers: ["spare"])]))
        let decision = try site.logIn()
        switch fallback {
        case .silence: #expect(decision.isSilent)
        case .reject: #expect(decision.reason == .homeServerSilent)
        case .local: #expect(decision.text("Reply-Message") == "local bob")
        case .default:
            #expect(decision.code == .accessAccept)
            #expect(spare.requests.last?.text(1) == "bob@home.org")
        }
    }

    @Test func whatWasHereBeforeIsNotPassedOn() throws {
        let home = try ScriptedHomeServer("home")
        let site = try ProxyInstallation([home])
        _ = try site.logIn()
        let ours = try #require(home.requests.last?.value(33).map(Array.init))
        #expect(ours.count == 8)
        let text = "0x" + ours.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(try site.logIn("bob@home.org", "Proxy-State = \(text)").reason == .proxyLoop)
        #expect(try site.logIn("bob@home.org", "Proxy-State = 0x0102030405060708").code == .accessAccept)
        #expect(home.requests.last?.attributes.count { $0.type == 33 } == 2)
        let many = try ProxyInstallation([home]) { _ in
        } server: { _ in
        } _: {
            $0.maximumHops = 3
        }
        #expect(try many.logIn("bob@home.org", "Proxy-State = 1", "Proxy-State = 2", "Proxy-State = 3").reason == .proxyLoop)
    }

    @Test func nothingGoesBackToWhereItCameFrom() throws {
        let home = try ScriptedHomeServer("home")
        let site = try ProxyInstallation([home]) { _ in
        } server: { server in
            // Where the NAS is; a packet would go astray, not to the test's server.
            if let address = IPAddress("192.0.2.1") { server.address = address }
        }
        #expect(try site.logIn().isSilent)
        #expect(try site.status("home").sent == 0)
    }

    @Test func filtersApplyBothWays() throws {
        let home = try ScriptedHomeServer("home", attributes: [11, 7] + Array("staff".utf8) + [27, 6, 0, 0, 0, 60])
        let site = try ProxyInstallation([home]) { realm in
            realm.requestFilter = "remove NAS-Port-Id; add NAS-Identifier = visited"
            realm.replyFilter = "allow Session-Timeout; set Filter-Id = guest"
            realm.operatorName = "1visited.org"
        }
        let decision = try site.logIn("bob@home.org", "NAS-Port-Id = secret-room")
        #expect(decision.attributes.map(\.definition.name) == ["Session-Timeout", "Filter-Id"])
        #expect(decision.text("Filter-Id") == "guest")
        let request = try #require(home.requests.last)
        #expect(request.value(87) == nil)
        #expect(request.text(32) == "visited")
        #expect(request.text(126) == "1visited.org")
    }

    @Test func aServerSwitchedOffIsNotAskedUntilSwitchedOn() throws {
        let (first, second) = (try ScriptedHomeServer("first"), try ScriptedHomeServer("second"))
        let site = try ProxyInstallation([first, second])
        #expect(site.router.setDown("first", true))
        _ = try site.logIn()
        #expect(first.requests.isEmpty && second.requests.count == 1)
        #expect(site.router.setDown("first", false))
        _ = try site.logIn()
        #expect(first.requests.count == 1)
        #expect(!site.router.setDown("third", true))
    }

    @Test func aDeadServerThatAnswersItsChecksComesBack() throws {
        let home = try ScriptedHomeServer.silent("home")
        let site = try ProxyInstallation([home]) { _ in
        } server: { server in
            server.statusCheck = .statusServer
            server.timers.responseWindow = .milliseconds(50)
            server.timers.zombiePeriod = .seconds(1)
            server.timers.checkInterval = .seconds(1)
            server.timers.checkTimeout = .milliseconds(200)
            server.timers.answersToAlive = 1
        }
        #expect(try site.logIn().isSilent)
        #expect(waitUntil { home.requests.contains { $0.code == .statusServer } })
        #expect(waitUntil { (try? site.status("home").condition) == .dead })
        home.become { request, _, reply in reply(ScriptedHomeServer.signed(.accessAccept, request)) }
        #expect(waitUntil { (try? site.status("home").condition) == .alive })
        #expect(try site.logIn().code == .accessAccept)
        #expect(try site.status("home").checksAnswered >= 1)
    }

    @Test func aReloadKeepsWhatHasNotChanged() throws {
        let (first, second) = (try ScriptedHomeServer("first"), try ScriptedHomeServer("second"))
        let site = try ProxyInstallation([first])
        _ = try site.logIn()
        var realm = try #require(Realm(name: "home.org"))
        realm.authenticationPool = "both"
        var changed = ProxyConfiguration(
            realms: [realm], homeServers: [first.configuration, second.configuration],
            pools: [HomeServerPool(name: "both", servers: ["second", "first"])])
        #expect(site.router.apply(changed).isEmpty)
        #expect(try site.status("first").replies == 1, "its statistics go on")
        _ = try site.logIn()
        #expect(second.requests.count == 1)
        changed.pools[0].servers.append("third")
        changed.realms[0].accountingPool = "nowhere"
        let problems = site.router.apply(changed)
        #expect(problems.count == 2, "\(problems)")
    }

    /// Replies lost, doubled and out of order, over several servers: each request gets its own reply, and identifiers come back.
    @Test func anUnrulyNetworkMixesNothingUp() throws {
        let held = NIOLockedValueBox<[@Sendable () -> Void]>([])
        let script: ScriptedHomeServer.Script = { request, number, reply in
            let name = Array(request.value(1) ?? [])
            let answer = ScriptedHomeServer.signed(.accessAccept, request, [18, UInt8(2 + name.count)] + name)
            switch number % 5 {
            case 0: break
            case 1:
                reply(answer)
                reply(answer)
            case 2: held.withLockedValue { $0.insert({ reply(answer) }, at: 0) }
            default: reply(answer)
            }
            if number % 3 == 0 {
                let batch = held.withLockedValue { list in
                    defer { list = [] }
                    return list
                }
                for send in batch { send() }
            }
        }
        let servers = try ["a", "b", "c"].map { try ScriptedHomeServer($0, script) }
        let site = try ProxyInstallation(servers, method: .loadBalance) { _ in
        } server: { server in
            server.retransmissions = 6
            server.timers.responseWindow = .seconds(20)
        } _: { settings in
            settings.maximumTime = .seconds(20)
            settings.retransmissionInterval = .milliseconds(20)
        }
        let wrong = NIOLockedValueBox(0)
        let failed = NIOLockedValueBox(0)
        let threads = (0..<8).map { lane in
            NamedThread("lane") {
                for number in 0..<100 {
                    let name = "user-\(lane)-\(number)"
                    guard let decision = try? site.logIn("\(name)@home.org"), decision.code == .accessAccept else {
                        failed.withLockedValue { $0 += 1 }
                        continue
                    }
                    if decision.text("Reply-Message") != name { wrong.withLockedValue { $0 += 1 } }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(wrong.withLockedValue { $0 } == 0)
        #expect(failed.withLockedValue { $0 } == 0)
        #expect(site.router.statuses.allSatisfy { $0.outstanding == 0 })
    }
}
