/// How networks tell devices of the captive portal interface (RFC 8910): DHCPv4 option 114, DHCPv6 option 103, router advertisement option 37.
extension CaptiveSetup {
    /// Blocks for the usual servers.
    /// - Returns: empty when the interface is not served, not by https, or at an address without a name: devices refuse those.
    public func capportBlocks() -> [Block] {
        guard let api = site.api, api.scheme == "https", !api.isAddressLiteral else { return [] }
        let url = api.description
        return [
            Block(
                "dnsmasq", .config,
                """
                dhcp-option=114,\(url)
                dhcp-option=option6:103,\(url)
                # dnsmasq sends no router advertisement option 37; use radvd or odhcpd for that.
                """),
            Block(
                "Kea", .json,
                """
                "Dhcp4": { "option-data": [ { "name": "v4-captive-portal", "code": 114, "data": \(quoted(url)) } ] }
                "Dhcp6": { "option-data": [ { "name": "v6-captive-portal", "code": 103, "data": \(quoted(url)) } ] }
                """),
            Block(
                "ISC dhcpd", .config,
                """
                option captive-portal code 114 = text;
                option captive-portal \(quoted(url));

                # dhcpd6.conf
                option dhcp6.captive-portal code 103 = text;
                option dhcp6.captive-portal \(quoted(url));
                """),
            Block(
                "MikroTik", .routerOS,
                """
                /ip dhcp-server option add name=captive-portal code=114 value=\(routerOS("'\(url)'"))
                /ip dhcp-server network set [find] dhcp-option=captive-portal
                /ipv6 dhcp-server option add name=captive-portal6 code=103 value=\(routerOS("'\(url)'"))
                /ipv6 dhcp-server set [find] dhcp-option=captive-portal6
                """),
            Block(
                "Windows Server", .powershell,
                """
                Add-DhcpServerv4OptionDefinition -OptionId 114 -Name 'Captive-Portal' -Type String
                Set-DhcpServerv4OptionValue -OptionId 114 -Value '\(url.replacing("'", with: "''"))'
                Add-DhcpServerv6OptionDefinition -OptionId 103 -Name 'Captive-Portal' -Type String
                Set-DhcpServerv6OptionValue -OptionId 103 -Value '\(url.replacing("'", with: "''"))'
                """),
            Block(
                "radvd (2.20 or later)", .config,
                """
                interface br-guest {
                    AdvSendAdvert on;
                    AdvCaptivePortalAPI \(quoted(url));
                };
                """),
            Block(
                "OpenWrt", .shell,
                """
                uci add_list dhcp.guest.dhcp_option=\(shell("114,\(url)"))
                uci set dhcp.guest.captive_portal_uri=\(shell(url))
                uci commit dhcp
                /etc/init.d/dnsmasq restart
                /etc/init.d/odhcpd restart
                """),
        ]
    }
}
