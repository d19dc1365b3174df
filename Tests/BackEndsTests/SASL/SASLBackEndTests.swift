import BackEnds
import RADIUSPipeline
import RADIUSWire
import TestPeers
import Testing

/// Against saslauthd, which asks OpenLDAP's server.
@Suite(
    .enabled(if: SASLDaemon.isInstalled, "saslauthd is not installed"),
    .enabled(if: Directory.isInstalled, "slapd is not installed"))
struct SASLBackEndTests {
    private func fixture(_ daemon: SASLDaemon, _ guarded: BackEndSettings = .patient) throws -> BackEndFixture {
        var settings = SASLSettings()
        settings.socketPath = daemon.socket
        var fixture = try BackEndFixture([(SASLBackEnd(name: "sasl", settings), guarded)])
        fixture.peer = daemon
        return fixture
    }

    @Test func `saslauthd checks passwords`() throws {
        let fixture = try fixture(SASLDaemon())
        let decision = try fixture.logIn("alice", "password")
        #expect(decision.code == .accessAccept)
        #expect(decision.notes("Back end password") == ["sasl accepts the password"])
        #expect(try fixture.logIn("alice", "wrong").reason == .passwordMismatch)
        #expect(try fixture.logIn("nobody", "password").code == .accessReject)
        #expect(try fixture.logIn("alice", "").code == .accessReject)
    }

    @Test func `a daemon that is away is a failure`() throws {
        let daemon = try SASLDaemon()
        var guarded = BackEndSettings.patient
        guarded.failure = .next
        let fixture = try fixture(daemon, guarded)
        #expect(try fixture.logIn("alice", "password").code == .accessAccept)
        daemon.stop()
        #expect(try fixture.logIn("alice", "password").reason == .backEndUnavailable)
    }

    @Test func `Auth-Type PAM picks it`() throws {
        let daemon = try SASLDaemon()
        var settings = SASLSettings()
        settings.socketPath = daemon.socket
        let users = ["alice": UserPolicy.checks(("Cleartext-Password", ":=", "other"), ("Auth-Type", ":=", "PAM"))]
        let fixture = try BackEndFixture([(SASLBackEnd(name: "sasl", settings), .patient)], users: users)
        #expect(try fixture.logIn("alice", "password").code == .accessAccept)
        #expect(try fixture.logIn("alice", "other").reason == .passwordMismatch)
        daemon.stop()
    }
}
