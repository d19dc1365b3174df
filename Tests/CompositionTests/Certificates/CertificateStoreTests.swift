import Composition
import Foundation
import TLSEngine
import Testing

@Suite struct CertificateStoreTests {
    /// A store in a directory of its own, which goes with it.
    private final class Scratch {
        let store: CertificateStore

        init() {
            store = CertificateStore(
                directory: FileManager.default.temporaryDirectory.appendingPathComponent("ca-\(UUID().uuidString)").path)
        }

        deinit { try? FileManager.default.removeItem(at: store.directory) }

        func text(_ file: CertificateStore.File) throws -> String { try String(contentsOfFile: store.path(file), encoding: .utf8) }

        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }

        func openssl(_ arguments: String...) throws -> (code: Int32, text: String) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["openssl"] + arguments
            process.currentDirectoryURL = store.directory
            let output = Pipe()
            process.standardOutput = output
            process.standardError = output
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return (process.terminationStatus, text)
        }
    }

    private let scratch = Scratch()
    private var store: CertificateStore { scratch.store }
    private let now = Int64(Date().timeIntervalSince1970)

    private func settings(_ change: (inout CertificateStore.Settings) -> Void = { _ in }) -> CertificateStore.Settings {
        var settings = CertificateStore.Settings()
        change(&settings)
        return settings
    }

    @Test(arguments: [PrivateKey.Kind.ellipticCurve, .rsa]) func whatIsMadePassesOpenSSL(kind: PrivateKey.Kind) throws {
        try store.create(settings { $0.key = kind }, now: now)
        let verified = try scratch.openssl(
            "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "radius.example.org", "-crl_check", "-CRLfile",
            "crl.pem",
            "-CAfile", "ca.pem", "server.pem")
        #expect(verified.code == 0, "\(verified.text)")
        let chain = try Certificate.all(pem: scratch.text(.server))
        #expect(chain.map(\.commonName) == ["radius.example.org", "Radian RADIUS CA"])
        // Apple counts both ends.
        #expect(chain[0].notAfter - chain[0].notBefore + 1 == 825 * 86400)
        #expect(chain[0].notBefore < now)
        #expect(chain[0].hasExtendedKeyUsage("1.3.6.1.5.5.7.3.1"))
        #expect(try scratch.mode(store.directory.path) == 0o700)
        #expect(try scratch.mode(store.path(.authorityKey)) == 0o600)
        #expect(try scratch.mode(store.path(.serverKey)) == 0o600)
        let server = try TLSContext(store.serverConfiguration())
        #expect(server.certificate == chain[0])
    }

    @Test func theProfileTrustsThisServerOnly() throws {
        try store.create(
            settings {
                $0.organizationName = "Fish & Chips"
                $0.networkName = "Fish <5GHz>"
            }, now: now)
        let data = try Data(contentsOf: URL(fileURLWithPath: store.path(.appleProfile)))
        let profile = try #require(try PropertyListSerialization.propertyList(from: data, format: nil) as? [String: Any])
        let parts = try #require(profile["PayloadContent"] as? [[String: Any]])
        #expect(profile["PayloadOrganization"] as? String == "Fish & Chips")
        #expect(parts[0]["PayloadContent"] as? Data == Data(try Certificate(pem: scratch.text(.authority)).der))
        #expect(parts[1]["SSID_STR"] as? String == "Fish <5GHz>")
        let authentication = try #require(parts[1]["EAPClientConfiguration"] as? [String: Any])
        #expect(authentication["TLSTrustedServerNames"] as? [String] == ["radius.example.org"])
        let anchor = try #require(parts[0]["PayloadUUID"] as? String)
        #expect(authentication["PayloadCertificateAnchorUUID"] as? [String] == [anchor])
        #expect(authentication["AcceptEAPTypes"] as? [Int] == [21, 25])
        let supplicant = try scratch.text(.supplicant)
        #expect(supplicant.contains("domain_match=\"radius.example.org\""))
        #expect(supplicant.components(separatedBy: "ca_cert=").count == 4)
        #expect(try scratch.text(.readMe).contains("radius.example.org"))
    }

    @Test func nothingIsOverwrittenUnasked() throws {
        #expect(try store.ensure(now: now))
        let first = try scratch.text(.authority)
        #expect(try !store.ensure(now: now))
        #expect(throws: CertificateStoreError.exists(store.directory.path)) { try store.create(now: now) }
        #expect(try scratch.text(.authority) == first)
        #expect(throws: CertificateStoreError.invalid("a server's certificate lives 1 to 825 days")) {
            try store.create(settings { $0.days = 826 }, replaces: true, now: now)
        }
        #expect(try scratch.text(.authority) == first)
        try store.create(replaces: true, now: now)
        #expect(try scratch.text(.authority) != first)
        let old = store.directory.appendingPathComponent("replaced-\(now)/ca.pem").path
        #expect(try String(contentsOfFile: old, encoding: .utf8) == first)
        try FileManager.default.removeItem(atPath: store.path(.authority))
        #expect(throws: CertificateStoreError.exists(store.directory.path), "a key alone is a CA's") { try store.create(now: now) }
    }

    @Test func foreignFilesStay() throws {
        try FileManager.default.createDirectory(at: store.directory, withIntermediateDirectories: true)
        let path = store.directory.appendingPathComponent("mine.txt").path
        #expect(FileManager.default.createFile(atPath: path, contents: Data("x".utf8)))
        #expect(throws: CertificateStoreError.notEmpty(store.directory.path)) { try store.create(now: now) }
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test(arguments: ["", "a b", "-a.example", "x..y", "rädius.example", "a\"b", String(repeating: "a", count: 64)])
    func serverNamesAreHostNames(name: String) {
        #expect(throws: CertificateStoreError.self) { try store.create(settings { $0.serverName = name }, now: now) }
        #expect(!FileManager.default.fileExists(atPath: store.directory.path))
    }

    @Test func renewalKeepsTheAuthorityAndTheName() throws {
        try store.create(settings { $0.serverName = "eap.example.net" }, now: now - 800 * 86400)
        let authority = try scratch.text(.authority)
        let key = try scratch.text(.serverKey)
        try store.renewServer(now: now)
        #expect(try scratch.text(.authority) == authority)
        #expect(try scratch.text(.serverKey) != key)
        #expect(try scratch.openssl("verify", "-purpose", "sslserver", "-CAfile", "ca.pem", "server.pem").code == 0)
        #expect(try Certificate(pem: scratch.text(.server)).dnsNames == ["eap.example.net"])
        _ = try TLSContext(store.serverConfiguration())
        #expect(try store.issued(now: now).map(\.certificate.commonName) == ["eap.example.net", "eap.example.net"])
    }

    @Test func clientsComeAndGo() throws {
        try store.create(now: now)
        var request = CertificateStore.ClientRequest(name: "alice")
        request.emailAddress = "alice@example.org"
        request.userPrincipalName = "alice@ad.example.org"
        request.bundlePassword = "open sesame"
        let files = try store.issueClient(request, now: now)
        #expect(files.certificate.emailAddresses == ["alice@example.org"])
        #expect(files.certificate.userPrincipalNames == ["alice@ad.example.org"])
        #expect(try scratch.mode(files.keyPath) == 0o600)
        let bundle = try #require(files.bundlePath)
        #expect(try scratch.mode(bundle) == 0o600)
        #expect(try scratch.openssl("pkcs12", "-in", bundle, "-passin", "pass:open sesame", "-noout").code == 0)
        #expect(try scratch.openssl("verify", "-purpose", "sslclient", "-CAfile", "ca.pem", files.certificatePath).code == 0)
        #expect(throws: CertificateStoreError.clientExists("alice")) { try store.issueClient(request, now: now) }
        request.replaces = true
        request.bundlePassword = nil
        let second = try store.issueClient(request, now: now)
        #expect(!FileManager.default.fileExists(atPath: bundle), "a bundle with another key")

        try store.issueClient(.init(name: "bob"), now: now)
        #expect(try store.revoke(files.certificate.serialNumber.lowercased(), now: now) == [files.certificate])
        #expect(FileManager.default.fileExists(atPath: second.keyPath))
        #expect(try store.revoke("alice", now: now) == [second.certificate])
        #expect(!FileManager.default.fileExists(atPath: second.keyPath))
        #expect(throws: CertificateStoreError.unknown("alice")) { try store.revoke("alice", now: now) }
        let states = try store.issued(now: now).reduce(into: [String: String]()) {
            $0[$1.certificate.commonName ?? ""] = $1.status.rawValue
        }
        #expect(states == ["radius.example.org": "valid", "alice": "revoked", "bob": "valid"])
        #expect(try store.issued(now: now + 400 * 86400).contains { $0.certificate.commonName == "bob" && $0.status == .expired })
        let list = try RevocationList(Array(scratch.text(.revocationList).utf8))
        #expect(list.number == 3)
        #expect(Set(list.entries.map(\.serialNumber)) == [files.certificate.serialNumber, second.certificate.serialNumber])
        #expect(try scratch.openssl("crl", "-in", "crl.pem", "-CAfile", "ca.pem", "-noout").text.contains("verify OK"))
        // Revoked names may have new certificates.
        try store.issueClient(.init(name: "alice"), now: now)
    }

    @Test(arguments: ["../../evil", "..", ".hidden", "a/b", "Zoë Müller"]) func namesDoNotLeaveTheDirectory(name: String) throws {
        try store.create(now: now)
        let files = try store.issueClient(.init(name: name), now: now)
        #expect(files.certificate.commonName == name)
        let directory = URL(fileURLWithPath: files.certificatePath).deletingLastPathComponent().resolvingSymlinksInPath()
        #expect(directory == store.directory.appendingPathComponent("clients").resolvingSymlinksInPath())
        #expect(try store.revoke(name, now: now).count == 1)
    }

    @Test func withoutAnAuthorityThereIsNothing() {
        let missing = CertificateStoreError.noAuthority(store.directory.path)
        #expect(throws: missing) { try store.issued(now: now) }
        #expect(throws: missing) { try store.revoke("x", now: now) }
        #expect(throws: missing) { try store.issueClient(.init(name: "x"), now: now) }
        #expect(throws: missing) { try store.renewServer(now: now) }
    }
}
