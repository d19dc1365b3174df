import Foundation
import TLSEngine

/// Certificates that are missing, do not fit, or will not serve for long.
struct CertificateCheck: Check {
    static let name = "certificate"
    private static let serverAuthentication = "1.3.6.1.5.5.7.3.1"
    private static let day: Int64 = 86_400
    private static let warningDays: Int64 = 30
    private static let renewal = "radian certificate renew"

    func findings(_ scene: CheckScene) -> [Finding] {
        let eap = scene.configuration.eap
        guard !scene.configuration.deniedMethods.contains("eap") else { return [] }
        var findings: [Finding] = []
        for (name, profile) in [("eap", eap.standard)] + eap.special.map({ ("eap profile '\($0.name)'", $0.profile) }) {
            findings += chain(profile, name, scene)
            for path in profile.revocationLists { findings += list(path, name, scene) }
            if FileManager.default.fileExists(atPath: profile.authorities) {
                for authority in certificates(profile.authorities) ?? [] {
                    findings += validity(authority, "the CA certificate '\(authority.subject)' of \(name)", scene)
                }
            }
        }
        return findings
    }

    private func chain(_ profile: EAPConfiguration.Profile, _ name: String, _ scene: CheckScene) -> [Finding] {
        guard FileManager.default.fileExists(atPath: profile.certificate) else {
            return [
                found(
                    .error, "\(name): the certificate \(profile.certificate) does not exist, so that PEAP, TTLS and TLS are not offered",
                    advice: "make one", command: "radian certificate init")
            ]
        }
        guard let chain = certificates(profile.certificate), let leaf = chain.first else {
            return [found(.error, "\(name): \(profile.certificate) holds no certificate that can be read", advice: "write it as PEM")]
        }
        var findings = validity(leaf, "the certificate of \(name) ('\(leaf.subject)')", scene)
        if !leaf.hasExtendedKeyUsage(Self.serverAuthentication) {
            findings.append(
                found(
                    .error, "the certificate of \(name) does not allow server authentication; Windows and Apple devices refuse it",
                    advice: "take one with the extended key usage serverAuth", command: "radian certificate init"))
        }
        if leaf.dnsNames.isEmpty {
            findings.append(
                found(
                    .warning, "the certificate of \(name) has no DNS name; Android devices cannot check whom they talk to",
                    advice: "take one with a subjectAltName"))
        }
        if let problem = pairProblem(profile) {
            findings.append(
                found(
                    .error, "\(name): \(profile.privateKey) does not serve for \(profile.certificate): \(problem)",
                    advice: "put the key beside the certificate that it was made for"))
        }
        return findings
    }

    /// Whether TLS can be had with certificate and key.
    private func pairProblem(_ profile: EAPConfiguration.Profile) -> String? {
        guard let key = try? String(contentsOfFile: profile.privateKey, encoding: .utf8) else { return "the key cannot be read" }
        var configuration = TLSConfiguration(role: .server)
        configuration.certificateChain = (try? String(contentsOfFile: profile.certificate, encoding: .utf8)) ?? ""
        configuration.privateKey = key
        configuration.privateKeyPassword = profile.privateKeyPassword.isEmpty ? nil : profile.privateKeyPassword
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
