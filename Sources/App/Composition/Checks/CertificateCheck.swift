import Foundation
import TLSEngine

/// Certificates that are missing, do not fit, or will not serve for long.
struct CertificateCheck: Check {
    static let name = "certificate"
    private static let serverAuthentication = "1.3.6.1.5.5.7.3.1"
    private static let day: Int64 = 86_400
    private static let warningDays: Int64 = 30
    private static let renewal = "radian certificate renew"

    /// The files of one TLS server, and who meets it.
    private struct Place {
        var name: String
        var certificates: [CertificateFiles]
        var privateKeyPassword: String
        var authorities: String
        var revocationLists: [String]
        /// Phones and computers, which are stricter than the servers of a federation.
        var servesDevices: Bool
    }

    func findings(_ scene: CheckScene) -> [Finding] {
        places(scene.configuration).flatMap { place in
            var findings = place.certificates.flatMap { chain($0, place, scene) }
            for path in place.revocationLists { findings += list(path, place.name, scene) }
            if FileManager.default.fileExists(atPath: place.authorities) {
                for authority in certificates(place.authorities) ?? [] {
                    findings += validity(authority, "the CA certificate '\(authority.subject)' of \(place.name)", scene)
                }
            }
            return findings
        }
    }

    private func places(_ configuration: RadianConfiguration) -> [Place] {
        var places: [Place] = []
        if !configuration.deniedMethods.contains("eap") {
            let eap = configuration.eap
            places += ([("eap", eap.standard)] + eap.special.map { ("eap profile '\($0.name)'", $0.profile) }).map { name, profile in
                Place(
                    name: name, certificates: profile.certificates, privateKeyPassword: profile.privateKeyPassword,
                    authorities: profile.authorities, revocationLists: profile.revocationLists, servesDevices: true)
            }
        }
        let links = configuration.links
        if links.tlsPort > 0 || links.dtlsPort > 0, links.proof == .certificate {
            let files = links.files
            places.append(
                Place(
                    name: "links", certificates: files.certificates, privateKeyPassword: files.privateKeyPassword,
                    authorities: files.authorities, revocationLists: files.revocationLists, servesDevices: false))
        }
        return places
    }

    private func chain(_ files: CertificateFiles, _ place: Place, _ scene: CheckScene) -> [Finding] {
        let name = place.name
        guard FileManager.default.fileExists(atPath: files.certificate) else {
            let consequence = place.servesDevices ? "PEAP, TTLS and TLS are not offered" : "RADIUS over TLS is not served"
            return [
                found(
                    .error, "\(name): the certificate \(files.certificate) does not exist, so that \(consequence)", advice: "make one",
                    command: "radian certificate init")
            ]
        }
        guard let chain = certificates(files.certificate), let leaf = chain.first else {
            return [found(.error, "\(name): \(files.certificate) holds no certificate that can be read", advice: "write it as PEM")]
        }
        var findings = validity(leaf, "the certificate of \(name) ('\(leaf.subject)')", scene)
        if !leaf.hasExtendedKeyUsage(Self.serverAuthentication) {
            let who = place.servesDevices ? "Windows and Apple devices refuse it" : "clients refuse it"
            findings.append(
                found(
                    .error, "the certificate of \(name) does not allow server authentication; \(who)",
                    advice: "take one with the extended key usage serverAuth", command: "radian certificate init"))
        }
        if place.servesDevices, leaf.dnsNames.isEmpty {
            findings.append(
                found(
                    .warning, "the certificate of \(name) has no DNS name; Android devices cannot check whom they talk to",
                    advice: "take one with a subjectAltName"))
        }
        if let problem = pairProblem(files, place) {
            findings.append(
                found(
                    .error, "\(name): \(files.privateKey) does not serve for \(files.certificate): \(problem)",
                    advice: "put the key beside the certificate that it was made for"))
        }
        return findings
    }

    /// Whether TLS can be had with certificate and key.
    private func pairProblem(_ files: CertificateFiles, _ place: Place) -> String? {
        guard let key = try? String(contentsOfFile: files.privateKey, encoding: .utf8) else { return "the key cannot be read" }
        var configuration = TLSConfiguration(role: .server)
        configuration.certificateChain = (try? String(contentsOfFile: files.certificate, encoding: .utf8)) ?? ""
        configuration.privateKey = key
        configuration.privateKeyPassword = place.privateKeyPassword.isEmpty ? nil : place.privateKeyPassword
        do throws(TLSError) {
            _ = try TLSContext(configuration)
            return nil
        } catch {
            return error.description
        }
    }

    private func validity(_ certificate: Certificate, _ what: String, _ scene: CheckScene) -> [Finding] {
        if certificate.notAfter <= scene.epoch {
            return [found(.error, "\(what) expired at \(scene.time(certificate.notAfter))", advice: "renew it", command: Self.renewal)]
        }
        if certificate.notBefore > scene.epoch {
            return [
                found(
                    .error, "\(what) is not valid before \(scene.time(certificate.notBefore))", advice: "check the clock of this machine")
            ]
        }
        let days = (certificate.notAfter - scene.epoch) / Self.day
        guard days < Self.warningDays else { return [] }
        return [found(.warning, "\(what) expires in \(days) days", advice: "renew it in time", command: Self.renewal)]
    }

    private func list(_ path: String, _ name: String, _ scene: CheckScene) -> [Finding] {
        // The usual one is written with the first revocation.
        if path == EAPConfiguration.usualRevocationList, !FileManager.default.fileExists(atPath: path) { return [] }
        guard let data = FileManager.default.contents(atPath: path), let list = try? RevocationList(Array(data)) else {
            return [found(.error, "\(name): the revocation list \(path) cannot be read", advice: "write it as PEM or DER")]
        }
        guard list.nextUpdate > 0, list.nextUpdate <= scene.epoch else { return [] }
        return [
            found(
                .error, "\(name): the revocation list \(path) is out of date since \(scene.time(list.nextUpdate))",
                advice: "fetch the new one from the CA; client certificates are refused until then")
        ]
    }

    private func certificates(_ path: String) -> [Certificate]? {
        (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { try? Certificate.all(pem: $0) }
    }
}
