internal import TLSEngine

extension TLSTunnel {
    /// What policy and logs may know of the session, by attribute name.
    var facts: [(name: String, value: String)] {
        guard let session = begun, session.isEstablished else { return [] }
        var facts: [(name: String, value: String)] = [("TLS-Session-Resumed", session.isResumed ? "yes" : "no")]
        if let version = session.version { facts.append(("TLS-Session-Version", version.rawValue)) }
        if let cipher = session.cipherName { facts.append(("TLS-Session-Cipher-Suite", cipher)) }
        if let certificate = session.peerCertificate { facts += certificate.facts }
        return facts
    }
}

extension Certificate {
    /// The certificate by attribute names; names that may occur several times do.
    var facts: [(name: String, value: String)] {
        var facts = [("Subject", subject), ("Issuer", issuer), ("Serial", serialNumber), ("Fingerprint", fingerprintSHA256)]
        facts.append(("Expiration", CertificateTime.text(notAfter)))
        if let commonName { facts.append(("Common-Name", commonName)) }
        facts += emailAddresses.map { ("Subject-Alt-Name-Email", $0) }
        facts += dnsNames.map { ("Subject-Alt-Name-Dns", $0) }
        facts += userPrincipalNames.map { ("Subject-Alt-Name-Upn", $0) }
        return facts.map { (name: "TLS-Client-Cert-\($0.0)", value: $0.1) }
    }
}

/// Times as certificates write them (RFC 5280 §4.1.2.5).
enum CertificateTime {
    /// - Parameter epoch: seconds since 1970.
    /// - Returns: `YYMMDDhhmmssZ` before 2050, with the whole year from then on.
    static func text(_ epoch: Int64) -> String {
        let days = Int((Double(epoch) / 86400).rounded(.down))
        let seconds = Int(epoch) - days * 86400
        // Days of the proleptic Gregorian calendar, counted in years that begin with March.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let year = yearOfEra + era * 400 + (month < 10 ? 0 : 1)
        let parts = [month < 10 ? month + 3 : month - 9, day, seconds / 3600, seconds / 60 % 60, seconds % 60]
        let yearText = year < 2050 && year >= 1950 ? two(year % 100) : String(year)
        return yearText + parts.map(two).joined() + "Z"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
