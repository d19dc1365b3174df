/// A `client` of FreeRADIUS's `clients.conf`.
public struct ClientDefinition: Sendable, Equatable {
    /// What stands behind `client`, or `shortname`.
    public var name: String
    /// Address, prefix or host name; `*` is written `0.0.0.0/0`.
    public var address: String
    public var secret: String
    /// `nas_type`; `other` without one.
    public var type: String
    /// `udp`, `tcp`, `tls` or `*`; `udp` without one.
    public var transport: String
    /// `yes`, `no` or `auto`; nil without one.
    public var requireMessageAuthenticator: String?
    /// `yes`, `no` or `auto`; nil without one.
    public var limitProxyState: String?
    public var virtualServer: String?
    public var position: ConfigurationSection.Position

    /// All clients of a configuration, those in `clients name { … }` lists included, in order.
    /// - Returns: what could be read, and what could not, with its reason.
    public static func all(in root: ConfigurationSection) -> (clients: [ClientDefinition], problems: [FreeRADIUSFileError]) {
        var clients: [ClientDefinition] = []
        var problems: [FreeRADIUSFileError] = []
        let sections = root.sections("client") + root.sections("clients").flatMap { $0.sections("client") }
        for section in sections {
            do throws(FreeRADIUSFileError) {
                clients.append(try ClientDefinition(section))
            } catch {
                problems.append(error)
            }
        }
        return (clients, problems)
    }

    init(_ section: ConfigurationSection) throws(FreeRADIUSFileError) {
        position = section.position
        let label = section.instance ?? ""
        // Before FreeRADIUS 3 the section's own name was the address: `client 192.0.2.1 {`.
        var address = ["ipaddr", "ipv4addr", "ipv6addr"].lazy.compactMap { section.value($0) }.first ?? label
        if let netmask = section.value("netmask"), !address.contains("/") { address += "/\(netmask)" }
        if address == "*" { address = section.value("ipv6addr") == "*" ? "::/0" : "0.0.0.0/0" }
        guard !address.isEmpty else { throw FreeRADIUSFileError(position, "a client needs 'ipaddr', 'ipv4addr' or 'ipv6addr'") }
        self.address = address
        transport = section.value("proto")?.lowercased() ?? (section.sections("tls").isEmpty ? "udp" : "tls")
        guard let secret = section.value("secret") ?? (transport == "tls" ? "radsec" : nil), !secret.isEmpty else {
            throw FreeRADIUSFileError(position, "client '\(label)' has no secret")
        }
        self.secret = secret
        name = section.value("shortname") ?? label
        type = section.value("nas_type") ?? section.value("nastype") ?? "other"
        requireMessageAuthenticator = section.value("require_message_authenticator")?.lowercased()
        limitProxyState = section.value("limit_proxy_state")?.lowercased()
        virtualServer = section.value("virtual_server")
    }
}
