import EAP
import Foundation
import Logging
import NIOConcurrencyHelpers
import RADIUSTransport
import ServerKernel
import TLSEngine

/// The EAP settings in force. Certificates, keys and revocation lists are read again when their files change; conversations under way keep
/// what they began with.
final class EAPServer: Sendable {
    private struct Current {
        var standard: EAPSettings?
        var special: [(realm: String, nas: String, settings: EAPSettings?)] = []
        var authorities: [Certificate] = []
        var stamps: [String: FileStamp] = [:]
    }

    /// Why a profile cannot be served.
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    private let configuration: EAPConfiguration
    private let key: EAPServerKey
    private let logger: Logger
    /// Sessions that can be resumed survive a new certificate; policy is asked again in any case.
    private let resumption: TLSResumption?
    private let current = NIOLockedValueBox(Current())

    /// - Parameter key: shared by all nodes; see ``ServerKernel/ServerSecrets``.
    init(_ configuration: EAPConfiguration, key: [UInt8], logger: Logger) {
        self.configuration = configuration
        self.key = EAPServerKey(key)
        self.logger = logger
        resumption =
            configuration.resumptionSeconds == 0
            ? nil : TLSResumption(lifetimeSeconds: configuration.resumptionSeconds, capacity: configuration.capacity)
        load()
    }

    /// The settings for a NAS and the realm outside of the tunnel; nil where no method can be offered.
    func settings(for client: NASClient, realm: String?) -> EAPSettings? {
        current.withLockedValue { current in
            for special in current.special {
                guard special.realm.isEmpty || special.realm == realm, special.nas.isEmpty || special.nas == client.name else { continue }
                return special.settings
            }
            return current.standard
        }
    }

    /// The CAs of client certificates, of all profiles.
    var authorities: [Certificate] { current.withLockedValue { $0.authorities } }

    /// Looks at the files from time to time.
    var job: Job {
        Job("eap.certificates", every: .seconds(5)) { [self] in
            let stamps = stamps()
            guard stamps != current.withLockedValue({ $0.stamps }) else { return }
            load()
            logger.info("EAP certificates read again")
        }
    }

    private var profiles: [EAPConfiguration.Profile] { [configuration.standard] + configuration.special.map(\.profile) }

    private func stamps() -> [String: FileStamp] {
        let files = profiles.flatMap { $0.certificates.paths + [$0.authorities] + $0.revocationLists }
        return FileStamp.all(files)
    }

    private func load() {
        let stamps = stamps()
        let old = current.withLockedValue { $0 }
        let standard = settings(configuration.standard, name: "eap", insteadOf: old.standard)
        let special = configuration.special.enumerated().map { index, special in
            let old = index < old.special.count ? old.special[index].settings : nil
            return (realm: special.realm, nas: special.nas, settings: settings(special.profile, name: special.name, insteadOf: old))
        }
        let authorities = Set(profiles.map(\.authorities)).flatMap { path in
            (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { try? Certificate.all(pem: $0) } ?? []
        }
        current.withLockedValue { current in
            current.authorities = authorities
            current.standard = standard
            current.special = special
            current.stamps = stamps
        }
    }

    /// - Parameter former: what a file caught half written must not end.
    private func settings(_ profile: EAPConfiguration.Profile, name: String, insteadOf former: EAPSettings?) -> EAPSettings? {
        var methods = profile.methods
        var settings = EAPSettings(methods: methods)
        let needsTLS: Set<EAPType> = [.tls, .ttls, .peap, .fast, .teap]
        if methods.contains(where: needsTLS.contains) {
            do {
                settings.tls = try context(profile)
            } catch {
                settings.tls = former?.tls
                let consequence = former?.tls == nil ? "methods with TLS are not offered" : "the former certificate stays in use"
                logger.warning("\(name): \(error); \(consequence)")
                if settings.tls == nil { methods.removeAll(where: needsTLS.contains) }
            }
        }
        guard !methods.isEmpty else { return nil }
        settings.methods = methods
        settings.innerMethods = [
            .peap: configuration.peapMethods, .ttls: configuration.ttlsMethods, .fast: [.mschapv2, .gtc],
        ]
        settings.certificateIdentity = configuration.certificateIdentity
        settings.peapCryptoBinding = configuration.peapCryptoBinding
        settings.fragmentSize = configuration.fragmentSize
        settings.pwd = PwdSettings(group: configuration.pwdGroup, key: key)
        settings.teap = TEAPSettings(
            identities: configuration.teapIdentities, userMethods: configuration.teapUserMethods,
            machineMethods: configuration.teapMachineMethods)
        if methods.contains(.fast) {
            do {
                settings.fast = try fast(profile)
            } catch {
                settings.fast = former?.fast
                if settings.fast == nil {
                    logger.warning("\(name): \(error); FAST is not offered")
                    settings.methods.removeAll { $0 == .fast }
                }
            }
        }
        settings.sim = sim(methods, name: name)
        if settings.sim == nil { settings.methods.removeAll { [.sim, .aka, .akaPrime].contains($0) } }
        return settings.methods.isEmpty ? nil : settings
    }

    /// The laboratory's SIM cards, where methods ask for them.
    private func sim(_ methods: [EAPType], name: String) -> SIMSettings? {
        guard methods.contains(where: { [.sim, .aka, .akaPrime].contains($0) }) else { return nil }
        do {
            guard !configuration.simFile.isEmpty else { throw Problem(description: "eap.sim_file names no file of SIM cards") }
            let file = try text(configuration.simFile)
            let vectors: any AKAVectorSource = file.contains(":") ? try TripletVectors(file) : try MilenageVectors(file)
            return SIMSettings(
                vectors: vectors, key: key, maximumReauthentications: UInt16(configuration.simReauthentications),
                alwaysRequestsIdentity: configuration.requestsSIMIdentity, networkName: configuration.simNetworkName,
                prefersAKAPrime: methods.contains(.akaPrime))
        } catch {
            logger.warning("\(name): \(error); SIM and AKA are not offered")
            return nil
        }
    }

    /// FAST's own context: its keys need TLS 1.2 and suites that its peers know.
    private func fast(_ profile: EAPConfiguration.Profile) throws -> FASTSettings {
        var tls = try tlsConfiguration(profile)
        tls.minimumVersion = min(profile.minimumVersion, .v1_2)
        tls.maximumVersion = .v1_2
        tls.ciphers = FASTSettings.ciphers
        tls.resumption = nil
        tls.allowsAnonymous = configuration.allowsAnonymousFAST
        let context = try TLSContext(tls)
        if context.certificate?.isRSA == false {
            logger.warning("\(profile.certificates.first?.certificate ?? "") has no RSA key, without which most devices cannot do EAP-FAST")
        }
        return FASTSettings(
            tls: context, key: key, authorityID: Array("radian          ".utf8),
            pacLifetimeSeconds: UInt32(configuration.fastPACLifetimeSeconds)
        ) { Int64(Date().timeIntervalSince1970) }
    }

    private func context(_ profile: EAPConfiguration.Profile) throws -> TLSContext {
        let context = try TLSContext(tlsConfiguration(profile))
        for (certificate, files) in zip(context.certificates, profile.certificates) {
            let days = (Double(certificate.notAfter) - Date().timeIntervalSince1970) / 86_400
            if days < 30 {
                logger.warning("the certificate \(files.certificate) \(days < 0 ? "has expired" : "expires in \(Int(days)) days")")
            }
        }
        return context
    }

    private func tlsConfiguration(_ profile: EAPConfiguration.Profile) throws -> TLSConfiguration {
        var tls = TLSConfiguration(role: .server)
        let identities = try profile.certificates.map { files in
            guard FileManager.default.fileExists(atPath: files.certificate) else {
                throw Problem(description: "\(files.certificate) does not exist; 'radian certificate init' makes a CA and a certificate")
            }
            return try TLSConfiguration.Identity(certificateChain: text(files.certificate), privateKey: text(files.privateKey))
        }
        tls.show(identities)
        tls.privateKeyPassword = profile.privateKeyPassword.isEmpty ? nil : profile.privateKeyPassword
        tls.trustedCertificates = FileManager.default.fileExists(atPath: profile.authorities) ? try text(profile.authorities) : ""
        tls.revocationLists = try profile.revocationLists.compactMap { path in
            if path == EAPConfiguration.usualRevocationList, !FileManager.default.fileExists(atPath: path) { return nil }
            return try octets(path)
        }
        tls.minimumVersion = profile.minimumVersion
        tls.maximumVersion = profile.maximumVersion
        tls.ciphers = profile.ciphers.isEmpty ? nil : profile.ciphers
        tls.verification = .required
        tls.resumption = resumption
        return tls
    }

    private func octets(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else { throw Problem(description: "\(path) cannot be read") }
        return Array(data)
    }

    private func text(_ path: String) throws -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw Problem(description: "\(path) cannot be read")
        }
    }
}
