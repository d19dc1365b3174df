/// The lines by which devices of each make ask this server about WPA-Enterprise, 802.1X and VPN logins.
struct NASSetupLines {
    let site: NASSetup.Site
    /// The device's.
    let name: String

    private var host: String { site.host }
    private var authentication: Int { site.server.authenticationPort }
    private var accounting: Int { site.server.accountingPort }
    private var secret: String { NASSetup.secret }
    private var changes: Int { NASSetup.changePort }

    /// Lines for a type of NAS; steps for people where it has no configuration that could be pasted.
    func blocks(for type: String) -> [NASSetup.Block] {
        switch type {
        case "mikrotik": [NASSetup.Block(title: "RADIUS client", language: "routeros", text: mikroTik), trial]
        case "hostapd": [NASSetup.Block(title: "hostapd.conf", language: "config", text: hostapd), trial]
        case "openwrt", "opennds":
            [NASSetup.Block(title: "WPA-Enterprise on the first wireless network", language: "shell", text: openWrt), trial]
        case "cisco", "cisco-wlc": [NASSetup.Block(title: "802.1X by RADIUS", language: "config", text: cisco), steps]
        case "juniper": [NASSetup.Block(title: "802.1X by RADIUS", language: "config", text: juniper), steps]
        case "hpe": [NASSetup.Block(title: "802.1X by RADIUS", language: "config", text: hpe), steps]
        case "strongswan": [NASSetup.Block(title: "strongswan.d/charon/eap-radius.conf", language: "config", text: strongSwan), trial]
        default: [steps]
        }
    }

    private var steps: NASSetup.Block {
        NASSetup.Block(
            title: "RADIUS server", language: "steps",
            text: """
                Authentication server: \(host), UDP port \(authentication)
                Accounting server: \(host), UDP port \(accounting); interim updates every 5 minutes
                Shared secret: \(secret), for both
                NAS identifier: \(name)
                Message-Authenticator: required, where it can be chosen
                Dynamic authorization (CoA, RFC 5176): on, from \(host), UDP port \(changes), the same secret
                """)
    }

    private var trial: NASSetup.Block {
        NASSetup.Block(
            title: "A login from the device's address, to try it", language: "shell",
            text: """
                echo 'User-Name=USER,User-Password=PASSWORD,Message-Authenticator=0x00' | radclient -x \(host):\(authentication) auth '\(secret)'
                """)
    }

    private var mikroTik: String {
        """
        /radius add service=wireless,dot1x,ppp,login address=\(host) secret="\(secret)" authentication-port=\(authentication) \
        accounting-port=\(accounting) timeout=3s
        /radius incoming set accept=yes port=\(changes)
        """
    }

    private var hostapd: String {
        """
        ieee8021x=1
        wpa=2
        wpa_key_mgmt=WPA-EAP
        nas_identifier=\(name)
        auth_server_addr=\(host)
        auth_server_port=\(authentication)
        auth_server_shared_secret=\(secret)
        acct_server_addr=\(host)
        acct_server_port=\(accounting)
        acct_server_shared_secret=\(secret)
        radius_acct_interim_interval=300
        radius_das_port=\(changes)
        radius_das_client=\(host) \(secret)
        """
    }

    private var openWrt: String {
        let settings = [
            ("encryption", "wpa2"), ("auth_server", host), ("auth_port", "\(authentication)"), ("auth_secret", secret),
            ("acct_server", host), ("acct_port", "\(accounting)"), ("acct_secret", secret), ("acct_interval", "300"), ("nasid", name),
            ("dae_client", host), ("dae_port", "\(changes)"), ("dae_secret", secret),
        ]
        return
            (settings.map { "uci set wireless.@wifi-iface[0].\($0.0)='\($0.1.replacing("'", with: "'\\''"))'" }
            + ["uci commit wireless", "wifi reload"]).joined(separator: "\n")
    }

    private var cisco: String {
        """
        aaa new-model
        radius server RADIAN
         address ipv4 \(host) auth-port \(authentication) acct-port \(accounting)
         key \(secret)
        aaa group server radius RADIAN-GROUP
         server name RADIAN
        aaa authentication dot1x default group RADIAN-GROUP
        aaa authorization network default group RADIAN-GROUP
        aaa accounting dot1x default start-stop group RADIAN-GROUP
        aaa accounting update newinfo periodic 5
        aaa server radius dynamic-author
         client \(host) server-key \(secret)
        dot1x system-auth-control
        """
    }

    private var juniper: String {
        """
        set access radius-server \(host) port \(authentication) accounting-port \(accounting) secret "\(secret)"
        set access profile RADIAN authentication-order radius
        set access profile RADIAN radius authentication-server \(host)
        set access profile RADIAN radius accounting-server \(host)
        set access profile RADIAN accounting order radius
        set protocols dot1x authenticator authentication-profile-name RADIAN
        """
    }

    private var hpe: String {
        """
        radius-server host \(host) auth-port \(authentication) acct-port \(accounting) key "\(secret)"
        radius-server host \(host) dyn-authorization
        aaa authentication port-access eap-radius
        aaa accounting network start-stop radius
        aaa port-access authenticator active
        """
    }

    private var strongSwan: String {
        """
        eap-radius {
            load = yes
            accounting = yes
            nas_identifier = \(name)
            dae {
                enable = yes
                port = \(changes)
                secret = \(secret)
            }
            servers {
                radian {
                    address = \(host)
                    auth_port = \(authentication)
                    acct_port = \(accounting)
                    secret = \(secret)
                }
            }
        }
        """
    }
}
