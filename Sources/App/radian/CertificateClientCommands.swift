import ArgumentParser
import Composition
import Foundation
import TLSEngine

extension CertificateCommand {
    struct Client: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a client certificate for EAP-TLS.",
            discussion: """
                With a password file a PKCS#12 file is made too, which phones and Windows import.

                Example:
                  radian certificate client alice --email alice@example.org --p12-password-file password.txt
                """)

        @Argument(help: "The common name; policy may take it for the user's name.") var name: String
        @Option(help: ArgumentHelp("An email address in the certificate.", valueName: "address")) var email: String?
        @Option(help: ArgumentHelp("A user principal name in the certificate, as Active Directory has it.", valueName: "name"))
        var upn: String?
        @Option(help: "Life of the certificate.") var days = 365
        @Option(help: ArgumentHelp("Make a PKCS#12 file with the password on the first line of this file.", valueName: "file"))
        var p12PasswordFile: String?
        @Flag(help: "Make another one for a name that has one; the first stays good.") var force = false
        @OptionGroup var location: Location

        func run() throws {
            var request = CertificateStore.ClientRequest(name: name)
            request.emailAddress = email
            request.userPrincipalName = upn
            request.days = days
            request.replaces = force
            request.bundlePassword = try p12PasswordFile.map(Self.password)
            let complete = request
            let files = try location.run { store, now throws(CertificateStoreError) in try store.issueClient(complete, now: now) }
            for path in [files.certificatePath, files.keyPath, files.bundlePath].compactMap(\.self) { Output.line(path) }
        }

        private static func password(path: String) throws -> String {
            guard let data = FileManager.default.contents(atPath: path) else { throw CommandFailure("\(path) cannot be read") }
            let line = String(decoding: data, as: UTF8.self).prefix { !$0.isNewline }
            guard !line.isEmpty else { throw CommandFailure("\(path) is empty; write the password on its first line") }
            return String(line)
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke certificates; a server that reads crl.pem refuses them from then on.",
            discussion: """
                Example:
                  radian certificate revoke alice
                """)

        @Argument(help: "Common name, for all of its certificates, or serial number.") var target: String
        @OptionGroup var location: Location

        func run() throws {
            let revoked = try location.run { store, now throws(CertificateStoreError) in try store.revoke(target, now: now) }
            for certificate in revoked { Output.line("revoked \(certificate.serialNumber) (\(Output.printable(certificate.subject)))") }
        }
    }
}
