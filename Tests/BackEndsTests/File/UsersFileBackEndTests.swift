import BackEnds
import Foundation
import FreeRADIUSFiles
import Logging
import RADIUSPipeline
import RADIUSWire
import TestPeers
import Testing

@Suite struct UsersFileBackEndTests {
    private static let text = """
        alice   Cleartext-Password := "secret"
                Reply-Message = "Hello, %{User-Name}",
                Fall-Through = Yes
        DEFAULT NAS-Port == 7
                Filter-Id = "port seven"
        bob     Cleartext-Password := "first", NAS-Port == 7
                Class = 0x01
        bob     Cleartext-Password := "second"
        DEFAULT User-Name == "mallory", Auth-Type := Reject
        DEFAULT
                Idle-Timeout = 5
        """

    private func fixture(_ folder: TemporaryFolder, _ text: String = text) throws -> (BackEndFixture, UsersFileBackEnd) {
        let file = try UsersFileBackEnd(name: "users", path: folder.write("users", text), logger: Logger(label: "test"))
        return (try BackEndFixture([(file, BackEndSettings())]), file)
    }

    @Test func `entries apply from the first on, and stop without Fall-Through`() throws {
        let folder = try TemporaryFolder()
        let (fixture, _) = try fixture(folder)
        let decision = try fixture.logIn("alice", "secret")
        #expect(decision.code == .accessAccept)
        #expect(decision.lines == ["Reply-Message = Hello, alice", "Idle-Timeout = 5"])
        #expect(
            try fixture.logIn("alice", "secret", [("NAS-Port", "7")]).lines == ["Reply-Message = Hello, alice", "Filter-Id = port seven"])
        #expect(try fixture.logIn("alice", "wrong").reason == .passwordMismatch)
        #expect(try fixture.logIn("bob", "second").code == .accessAccept)
        #expect(try fixture.logIn("mallory", "x").reason == .policyRejected)
        #expect(try fixture.logIn("nobody", "x").reason == .passwordUnknown)
    }

    @Test func `DEFAULT is nobody, so that the next back end is asked`() throws {
        let folder = try TemporaryFolder()
        let file = try UsersFileBackEnd(
            name: "users", path: folder.write("users", "DEFAULT\n  Filter-Id = all\n"), logger: Logger(label: "test"))
        let next = ScriptedBackEnd("next", lookUp: { _ in .known(BackEndUser()) }, verify: { _ in .known(BackEndUser()) })
        let decision = try BackEndFixture([(file, BackEndSettings()), (next, BackEndSettings())]).logIn("alice", "x")
        #expect(decision.lines == ["Filter-Id = all"])
        #expect(next.questions == ["lookUp alice", "verify alice"])
    }

    @Test func `a changed file is read again, a broken one is not believed`() throws {
        let folder = try TemporaryFolder()
        let (fixture, file) = try fixture(folder, "$INCLUDE more\n".replacing("$INCLUDE more", with: "carol Cleartext-Password := one"))
        #expect(try fixture.logIn("carol", "one").code == .accessAccept)
        try folder.write("more", "carol Cleartext-Password := \"three\"\n")
        try folder.write("users", "carol Cleartext-Password := \"two, longer\"\n")
        #expect(try fixture.logIn("carol", "one").code == .accessAccept)
        file.refresh()
        #expect(try fixture.logIn("carol", "two, longer").code == .accessAccept)
        try folder.write("users", "carol Cleartext-Password :=\n")
        file.refresh()
        #expect(try fixture.logIn("carol", "two, longer").code == .accessAccept)
        try folder.write("users", "$INCLUDE more\n")
        file.refresh()
        #expect(try fixture.logIn("carol", "three").code == .accessAccept)
        try folder.write("more", "carol Cleartext-Password := \"four four\"\n")
        file.refresh()
        #expect(try fixture.logIn("carol", "four four").code == .accessAccept)
    }

    @Test func `a file that is absent or broken is an error at the start`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: UsersFileError.self) {
            try UsersFileBackEnd(name: "users", path: folder.path("none"), logger: Logger(label: "test"))
        }
        let path = try folder.write("users", "a\nb X\n")
        #expect(throws: UsersFileError(file: path, line: 2, message: "an operator is expected behind X")) {
            try UsersFileBackEnd(name: "users", path: path, logger: Logger(label: "test"))
        }
    }
}
