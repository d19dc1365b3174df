import ArgumentParser
import Composition
import Foundation
import TLSEngine

struct CertificateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate",
        abstract: "A CA of your own for EAP and RadSec: server and client certificates.",
        discussion: """
            Example:
              radian certificate init --organization-name 'Example Hotel' --server-name radius.example.org
              radian certificate client alice --email alice@example.org
            """,
        subcommands: [Init.self, Renew.self, Client.self, Revoke.self, List.self, Show.self])

    /// The directory that all of them work on.
    struct Location: ParsableArguments {
        @Option(help: ArgumentHelp("Where the certificates are.", valueName: "path")) var directory = "var/certificates"

        var store: CertificateStore { CertificateStore(directory: directory) }
        var now: Int64 { Int64(Date().timeIntervalSince1970) }

        /// What a store says is meant for people.
        func run<Value>(_ body: (CertificateStore, Int64) throws(CertificateStoreError) -> Value) throws -> Value {
            do { return try body(store, now) } catch { throw CommandFailure("\(error)") }
        }
    }

    struct Init: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a CA, the server's certificate and examples for devices.",
            discussion: """
                Windows, Apple, Android and wpa_supplicant accept the certificates once they know ca.pem; README.txt beside it
                tells how. Devices check the server name, which need not resolve: choose one that you can keep.

                Example:
                  radian certificate init --organization-name 'Example Hotel' --server-name radius.example.org
                """)

        @Option(help: "Shown on devices.") var organizationName = CertificateStore.Settings().organizationName
        @Option(help: ArgumentHelp("The name in the server's certificate.", valueName: "host")) var serverName = CertificateStore.Settings()
            .serverName
        @Option(help: ArgumentHelp("The wireless network of the examples.", valueName: "name")) var ssid = CertificateStore.Settings()
            .networkName
        @Option(help: "Life of the server's certificate; Apple allows 825.") var days = CertificateStore.Settings().days
        @Option(help: ArgumentHelp("Life of the CA.", valueName: "days")) var caDays = CertificateStore.Settings().authorityDays
        @Option(help: ArgumentHelp("Kind of the keys: ec (P-256) or rsa (2048 bits).", valueName: "kind")) var key = KeyKind.ec
        @Flag(help: "Replace a CA; the old files go into a directory beside the new ones. Every device must be set up again.")
        var force = false
        @OptionGroup var location: Location

        func run() throws {
            var settings = CertificateStore.Settings()
            settings.organizationName = organizationName
            settings.serverName = serverName
            settings.networkName = ssid
            settings.days = days
            settings.authorityDays = caDays
            settings.key = key == .ec ? .ellipticCurve : .rsa
            let complete = settings
            do {
                try location.store.create(complete, replaces: force, now: location.now)
            } catch .exists(let path) {
                throw CommandFailure(
                    "\(path) has a CA already; 'radian certificate renew' makes a new server certificate, --force a new CA")
            } catch .notEmpty(let path) {
                throw CommandFailure("\(path) holds other files; --force moves them aside")
            } catch {
                throw CommandFailure("\(error)")
            }
            for file in CertificateStore.File.allCases { Output.line(location.store.path(file)) }
        }
    }

    enum KeyKind: String, ExpressibleByArgument, CaseIterable {
        case ec, rsa
    }

    struct Renew: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a new server certificate of the same CA; devices need nothing new.",
            discussion: """
                Example:
                  radian certificate renew
                """)

        @Option(help: ArgumentHelp("Another name; devices check it.", valueName: "host")) var serverName: String?
        @Option(help: "Life of the certificate; Apple allows 825.") var days = CertificateStore.Settings().days
        @OptionGroup var location: Location

        func run() throws {
            try location.run { store, now throws(CertificateStoreError) in
                try store.renewServer(serverName: serverName, days: days, now: now)
            }
            Output.line(location.store.path(.server))
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the certificates that were issued.",
            discussion: """
                Example:
                  radian certificate list --json
                """)

        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var location: Location

        private struct Line: Encodable {
            var serialNumber, name, use, status, notBefore, notAfter: String
        }

        func run() throws {
            let lines = try location.run { store, now throws(CertificateStoreError) in try store.issued(now: now) }.map { issued in
                Line(
                    serialNumber: issued.certificate.serialNumber, name: issued.certificate.commonName ?? "",
                    use: issued.certificate.use, status: issued.status.rawValue, notBefore: Output.time(issued.certificate.notBefore),
                    notAfter: Output.time(issued.certificate.notAfter))
            }
            if json { return try Output.json(lines) }
            Output.table(
                ["serial number", "name", "use", "status", "not after"],
                lines.map { [$0.serialNumber, $0.name, $0.use, $0.status, $0.notAfter] }, empty: "no certificate was issued yet")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a certificate: the server's, or that of a file.",
            discussion: """
                Example:
                  radian certificate show var/certificates/ca.pem
                """)

        @Argument(help: "PEM; server.pem of the directory when left out.") var file: String?
        @OptionGroup var location: Location

        func run() throws {
            let path = file ?? location.store.path(.server)
            guard let data = FileManager.default.contents(atPath: path) else { throw CommandFailure("\(path) cannot be read") }
            let certificates: [Certificate]
            do {
                certificates = try Certificate.all(pem: String(decoding: data, as: UTF8.self))
            } catch {
                throw CommandFailure("\(path): \(error)")
            }
            guard !certificates.isEmpty else { throw CommandFailure("\(path) holds no certificate") }
            for (index, certificate) in certificates.enumerated() {
                if index > 0 { Output.line("") }
                Output.details(certificate.details)
            }
        }
    }
}

extension Certificate {
    /// `server`, `client`, `CA` or what else it is for.
    fileprivate var use: String {
        if isAuthority { return "CA" }
        let names = ["1.3.6.1.5.5.7.3.1": "server", "1.3.6.1.5.5.7.3.2": "client"]
        return (extendedKeyUsages ?? []).map { names[$0] ?? $0 }.joined(separator: " ")
    }

    fileprivate var details: [(name: String, value: String)] {
        [
            ("subject", subject), ("issuer", issuer), ("serial number", serialNumber), ("use", use), ("not before", Output.time(notBefore)),
            ("not after", Output.time(notAfter)), ("host names", dnsNames.joined(separator: " ")),
            ("email addresses", emailAddresses.joined(separator: " ")), ("user principal names", userPrincipalNames.joined(separator: " ")),
            ("addresses", ipAddresses.joined(separator: " ")), ("NAI realms", naiRealms.joined(separator: " ")),
            ("SHA-256 fingerprint", fingerprintSHA256),
        ]
    }
}
