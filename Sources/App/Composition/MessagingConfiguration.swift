import Logging
public import Messaging
public import ServerKernel

/// The sections `messages` and `sms_gateways`.
public struct MessagingConfiguration: Sendable {
    /// One gateway for text messages, not yet made.
    struct Gateway: Sendable {
        enum Kind: Sendable {
            case http(HTTPSMSTemplate)
            case sns(region: String, endpoint: String?)
            case smpp(SMPPSettings)
            case email(address: String, subject: String)
            /// Nil for standard error.
            case file(path: String?)
        }

        var terms: SMSGatewayTerms
        var kind: Kind
        var callback: ReceiptCallback?
    }

    /// How e-mails leave.
    public enum EmailTransport: String, Sendable, CaseIterable {
        /// Not at all.
        case none
        case smtp
        /// Into a file, for development.
        case file
    }

    let settings: MessagingSettings
    let email: EmailTransport
    let smtp: SMTPSettings
    /// Nil for standard error.
    let file: String?
    let gateways: [Gateway]

    /// The currency of prices.
    public var currency: String { settings.currency }
    /// What all e-mails have in common.
    public var frame: EmailFrame { settings.frame }

    /// Reads both sections; problems stay with the reader.
    /// - Parameter publicOrigin: where gateways reach this server, `https://radius.example.org`, to report deliveries; nil for unknown.
    public init(_ reader: inout ConfigurationReader, publicOrigin: String?) {
        let section = "messages"
        email = reader.choice(section, "email", default: EmailTransport.none)
        smtp = Self.smtp(&reader)
        let file = reader.text(section, "file", default: "var/messages.jsonl")
        self.file = file == "-" ? nil : file
        if email == .smtp, !EmailAddress.isValid(smtp.from) {
            let place = reader.location(section, smtp.from.isEmpty ? "email" : "from")
            reader.report(place, "'messages.from' must be the e-mail address that messages come from")
        }

        var settings = MessagingSettings()
        settings.frame.hasHTML = reader.flag(section, "html", default: true)
        settings.frame.logoURL = reader.value(section, "logo_url", default: "", expected: "an address that begins with https:// or http://")
        {
            $0.isEmpty || $0.hasPrefix("https://") || $0.hasPrefix("http://") ? $0 : nil
        }
        settings.frame.footer = reader.text(section, "footer", default: "")
        settings.frame.accentColor = reader.value(
            section, "accent_color", default: settings.frame.accentColor, expected: "a colour such as #1f5fa8"
        ) {
            $0.wholeMatch(of: /#[0-9a-fA-F]{6}/) == nil ? nil : $0
        }
        settings.smsLimits.allowedPrefixes = reader.list(section, "sms_allowed_prefixes", default: [])
        for prefix in settings.smsLimits.allowedPrefixes where prefix.wholeMatch(of: /\+[1-9][0-9]{0,14}/) == nil {
            reader.report(reader.location(section, "sms_allowed_prefixes"), "'\(prefix)' is no prefix such as +39")
        }
        let daily = reader.integer(section, "sms_daily_limit", default: 0, in: 0...100_000_000)
        settings.smsLimits.daily = daily == 0 ? nil : daily
        let organization = reader.integer(section, "sms_daily_limit_per_organization", default: 0, in: 0...100_000_000)
        settings.smsLimits.dailyPerOrganization = organization == 0 ? nil : organization
        settings.currency = reader.text(section, "currency", default: settings.currency)
        settings.concurrency = reader.integer(section, "concurrency", default: settings.concurrency, in: 1...256)
        settings.pollInterval = reader.seconds(section, "poll_interval", default: 1, in: 0.1...3600)
        settings.retentionDays = Int64(reader.integer(section, "retention_days", default: 30, in: 1...3650))
        self.settings = settings

        var gateways: [Gateway] = []
        if let node = reader.node("sms_gateways", recordKeys: SMSGatewayReader.keys) {
            if case .list(let nodes) = node.content {
                for node in nodes {
                    var record = SMSGatewayReader(node, &reader)
                    if let gateway = record.read(publicOrigin: publicOrigin, &reader) { gateways.append(gateway) }
                    if let last = gateways.last, gateways.dropLast().contains(where: { $0.terms.name == last.terms.name }) {
                        reader.report(node.location, "there are several gateways '\(last.terms.name)'")
                    }
                }
            } else {
                reader.report(node.location, "'sms_gateways' must be a list of gateways with 'name' and 'type'")
            }
        }
        self.gateways = gateways
    }

    private static func smtp(_ reader: inout ConfigurationReader) -> SMTPSettings {
        let section = "messages"
        var settings = SMTPSettings(
            host: reader.text(section, "smtp_host", default: "localhost"),
            port: reader.integer(section, "smtp_port", default: 587, in: 1...65535), from: reader.text(section, "from", default: ""))
        settings.security = reader.choice(section, "smtp_security", default: settings.security)
        settings.user = reader.text(section, "smtp_user", default: "")
        settings.password = reader.secret(section, "smtp_password", default: "")
        let authority = reader.text(section, "smtp_ca_file", default: "")
        settings.certificateAuthorityFile = authority.isEmpty ? nil : authority
        settings.verifiesCertificate = reader.flag(section, "smtp_verify_certificate", default: true)
        settings.connections = reader.integer(section, "smtp_connections", default: settings.connections, in: 1...64)
        settings.timeoutSeconds =
            Double(reader.integer(section, "smtp_timeout", default: Int(settings.timeoutSeconds), in: 1...600))
        settings.fromName = reader.text(section, "from_name", default: "")
        let reply = reader.text(section, "reply_to", default: "")
        settings.replyTo = reply.isEmpty ? nil : reply
        if let address = settings.replyTo, !EmailAddress.isValid(address) {
            reader.report(reader.location(section, "reply_to"), "'\(address)' is no e-mail address")
        }
        let host = reader.text(section, "host_name", default: "")
        settings.hostName = host.isEmpty ? nil : host
        return settings
    }

    /// Makes the gateways; none connects before it is asked or run.
    func makeGateways(logger: Logger) -> [any MessageGateway] {
        var made: [any MessageGateway] = []
        let needsSMTP = email == .smtp || gateways.contains { if case .email = $0.kind { true } else { false } }
        let transport = needsSMTP ? SMTPTransport(smtp) : nil
        switch email {
        case .none: break
        case .smtp: if let transport { made.append(SMTPGateway(transport)) }
        case .file: made.append(FileGateway(.email, path: file))
        }
        for gateway in gateways {
            let terms = gateway.terms
            switch gateway.kind {
            case .http(let template): made.append(HTTPSMSGateway(template, terms))
            case .sns(let region, let endpoint):
                if let gateway = SNSGateway(terms, region: region, endpoint: endpoint) { made.append(gateway) }
            case .smpp(let settings): made.append(SMPPGateway(settings, terms, logger: logger))
            case .email(let address, let subject):
                if let transport { made.append(EmailToSMSGateway(terms, address: address, subject: subject, transport: transport)) }
            case .file(let path):
                made.append(FileGateway(.sms, name: terms.name, path: path == "-" ? nil : path ?? file, prices: terms.prices))
            }
        }
        return made
    }

    /// Gateways that report deliveries by HTTP.
    var callbacks: [ReceiptCallback] { gateways.compactMap(\.callback) }
}
