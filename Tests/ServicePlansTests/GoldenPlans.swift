/// What ``PlanRendererTests/everything`` becomes for each kind of NAS; checked by hand against the vendors' units.
enum GoldenPlans {
    /// Comes first for all of them.
    static let standard = [
        "Session-Timeout = 3600",
        "Idle-Timeout = 300",
        "Acct-Interim-Interval = 600",
        "Tunnel-Type = VLAN",
        "Tunnel-Medium-Type = IEEE-802",
        "Tunnel-Private-Group-Id = 20",
    ]

    static let all: [String: [String]] = [
        "other": [
            "Filter-Id = guests",
            "WISPr-Bandwidth-Max-Up = 1500500",
            "WISPr-Bandwidth-Max-Down = 2000000",
            "WISPr-Redirection-URL = https://portal.example/",
            """
            # other has no attribute for: burst rate towards the user, burst rate from the user, volume towards the user, volume \
            from the user, total volume, role, redirect access list, priority
            """,
        ],
        "coovachilli": [
            "Filter-Id = guests",
            "CoovaChilli-Bandwidth-Max-Up = 1501",
            "CoovaChilli-Bandwidth-Max-Down = 2000",
            "CoovaChilli-Max-Input-Octets = 1073741824",
            "CoovaChilli-Max-Output-Octets = 1073741824",
            "CoovaChilli-Max-Output-Gigawords = 1",
            "CoovaChilli-Max-Total-Octets = 2147483648",
            "CoovaChilli-Max-Total-Gigawords = 1",
            "WISPr-Bandwidth-Max-Up = 1500500",
            "WISPr-Bandwidth-Max-Down = 2000000",
            "WISPr-Redirection-URL = https://portal.example/",
            """
            # coovachilli has no attribute for: burst rate towards the user, burst rate from the user, role, redirect access list, \
            priority
            """,
        ],
        "mikrotik": [
            "Filter-Id = guests",
            "Mikrotik-Rate-Limit = 1500500/2M 3M/4M 1500500/2M 8/8 3",
            "Mikrotik-Recv-Limit = 1073741824",
            "Mikrotik-Xmit-Limit = 1073741824",
            "Mikrotik-Xmit-Limit-Gigawords = 1",
            "Mikrotik-Total-Limit = 2147483648",
            "Mikrotik-Total-Limit-Gigawords = 1",
            "Mikrotik-Wireless-VLANID = 20",
            "Mikrotik-Wireless-VLANIDtype = 802.1q",
            "Mikrotik-Address-List = 12",
            "WISPr-Redirection-URL = https://portal.example/",
            "# mikrotik has no attribute for: redirect access list",
        ],
        "cisco": [
            "Filter-Id = guests.in",
            "Cisco-Account-Info = QU;1500500;D;2000000",
            "Cisco-AVPair = url-redirect=https://portal.example/",
            "Cisco-AVPair = url-redirect-acl=portal",
            """
            # cisco has no attribute for: burst rate towards the user, burst rate from the user, volume towards the user, volume \
            from the user, total volume, role, priority
            """,
        ],
        "cisco-wlc": [
            "Airespace-Data-Bandwidth-Average-Contract = 2000",
            "Airespace-Data-Bandwidth-Average-Contract-Upstream = 1501",
            "Airespace-Data-Bandwidth-Burst-Contract = 4000",
            "Airespace-Data-Bandwidth-Burst-Contract-Upstream = 3000",
            "Airespace-ACL-Name = guests",
            "Airespace-Guest-Role-Name = 12",
            "Airespace-QOS-Level = Gold",
            "Cisco-AVPair = url-redirect=https://portal.example/",
            "Cisco-AVPair = url-redirect-acl=portal",
            "# cisco-wlc has no attribute for: volume towards the user, volume from the user, total volume",
        ],
        "aruba": [
            "Filter-Id = guests",
            "Aruba-User-Role = 12",
            "Aruba-User-Vlan = 20",
            "Aruba-Captive-Portal-URL = https://portal.example/",
            """
            # aruba has no attribute for: rate towards the user, rate from the user, burst rate towards the user, burst rate from \
            the user; set it in the role
            """,
            """
            # aruba has no attribute for: volume towards the user, volume from the user, total volume, redirect access list, \
            priority
            """,
        ],
        "hpe": [
            "Filter-Id = guests",
            "HP-Bandwidth-Max-Ingress = 1501",
            "HP-Bandwidth-Max-Egress = 2000",
            "HP-User-Role = 12",
            "HP-Captive-Portal-URL = https://portal.example/",
            "HP-Cos = 55555555",
            """
            # hpe has no attribute for: burst rate towards the user, burst rate from the user, volume towards the user, volume from \
            the user, total volume, redirect access list
            """,
        ],
        "ruckus": [
            "Filter-Id = guests",
            "Ruckus-User-Groups = 12",
            "Ruckus-VLAN-ID = 20",
            "WISPr-Bandwidth-Max-Up = 1500500",
            "WISPr-Bandwidth-Max-Down = 2000000",
            "WISPr-Redirection-URL = https://portal.example/",
            """
            # ruckus has no attribute for: burst rate towards the user, burst rate from the user, volume towards the user, volume \
            from the user, total volume, redirect access list, priority
            """,
        ],
        "meraki": [
            "Filter-Id = 12",
            "Maximum-Data-Rate-Upstream = 1500500",
            "Maximum-Data-Rate-Downstream = 2000000",
            "Cisco-AVPair = url-redirect=https://portal.example/",
            "Cisco-AVPair = url-redirect-acl=portal",
            """
            # meraki has no attribute for: burst rate towards the user, burst rate from the user, volume towards the user, volume \
            from the user, total volume, priority
            """,
            "# meraki has no attribute for: access list; set it in the group policy that the role names",
        ],
        "unifi": [
            "Filter-Id = guests",
            "WISPr-Bandwidth-Max-Up = 1500500",
            "WISPr-Bandwidth-Max-Down = 2000000",
            "WISPr-Redirection-URL = https://portal.example/",
            """
            # unifi has no attribute for: burst rate towards the user, burst rate from the user, volume towards the user, volume \
            from the user, total volume, role, redirect access list, priority
            """,
        ],
        "cambium": [
            "Filter-Id = guests",
            "WISPr-Bandwidth-Max-Up = 1500500",
            "WISPr-Bandwidth-Max-Down = 2000000",
            "WISPr-Redirection-URL = https://portal.example/",
            "Cambium-Traffic-Quota-Limit-Up = 1073741824",
            "Cambium-Traffic-Quota-Limit-Down = 1073741824",
            "Cambium-Traffic-Quota-Limit-Down-Gigwords = 1",
            "Cambium-Traffic-Quota-Limit-Total = 2147483648",
            "Cambium-Traffic-Quota-Limit-Total-Gigwords = 1",
            """
            # cambium has no attribute for: burst rate towards the user, burst rate from the user, role, redirect access list, \
            priority
            """,
        ],
        "cambium-epmp": [
            "Cambium-ePMP-Max-Burst-Uplink-Rate = 1501",
            "Cambium-ePMP-Max-Burst-Downlink-Rate = 2000",
            "Cambium-ePMP-Data-VLAN-Id = 20",
            """
            # cambium-epmp has no attribute for: burst rate towards the user, burst rate from the user, volume towards the user, \
            volume from the user, total volume, role, access list, redirect URL, redirect access list, priority
            """,
        ],
        "pfsense": [
            "pfSense-Bandwidth-Max-Up = 1500500",
            "pfSense-Bandwidth-Max-Down = 2000000",
            "pfSense-Max-Total-Octets = 4294967295",
            "WISPr-Bandwidth-Max-Up = 1500500",
            "WISPr-Bandwidth-Max-Down = 2000000",
            "WISPr-Redirection-URL = https://portal.example/",
            "# pfSense-Max-Total-Octets holds 4294967295 at most: the total volume has to be renewed before it is used up",
            """
            # pfsense has no attribute for: burst rate towards the user, burst rate from the user, volume towards the user, volume \
            from the user, role, access list, redirect access list, priority
            """,
        ],
        "opnsense": [
            "WISPr-Bandwidth-Max-Up = 1500500",
            "WISPr-Bandwidth-Max-Down = 2000000",
            "WISPr-Redirection-URL = https://portal.example/",
            """
            # opnsense has no attribute for: burst rate towards the user, burst rate from the user, volume towards the user, volume \
            from the user, total volume, role, access list, redirect access list, priority
            """,
        ],
        "fortinet": [
            "Filter-Id = guests",
            "Fortinet-Group-Name = 12",
            "# fortinet has no attribute for: rate towards the user, rate from the user; set it in the policy of the group",
            """
            # fortinet has no attribute for: burst rate towards the user, burst rate from the user, volume towards the user, volume \
            from the user, total volume, redirect URL, redirect access list, priority
            """,
        ],
        "juniper": [
            "Juniper-Firewall-filter-name = guests",
            "Juniper-CWA-Redirect = https://portal.example/",
            "Filter-Id = 12",
            """
            # juniper has no attribute for: rate towards the user, rate from the user, burst rate towards the user, burst rate from \
            the user, volume towards the user, volume from the user, total volume, redirect access list, priority
            """,
        ],
        "extreme": [
            "Filter-Id = guests",
            "Extreme-Netlogin-Vlan-Tag = 20",
            "Extreme-Security-Profile = 12",
            "Extreme-Netlogin-Url = https://portal.example/",
            """
            # extreme has no attribute for: rate towards the user, rate from the user, burst rate towards the user, burst rate from \
            the user; set it in the role
            """,
            """
            # extreme has no attribute for: volume towards the user, volume from the user, total volume, redirect access list, \
            priority
            """,
        ],
        "enterasys": [
            "Filter-Id = Enterasys:version=1:policy=12",
            """
            # enterasys has no attribute for: rate towards the user, rate from the user, burst rate towards the user, burst rate \
            from the user; set it in the role
            """,
            """
            # enterasys has no attribute for: volume towards the user, volume from the user, total volume, access list, redirect \
            URL, redirect access list, priority
            """,
        ],
        "aerohive": [
            "Filter-Id = guests",
            "Extreme-User-Profile-Attribute = 12",
            "Extreme-User-Vlan = 20",
            "Extreme-IDM-Redirect-URL = https://portal.example/",
            """
            # aerohive has no attribute for: rate towards the user, rate from the user, burst rate towards the user, burst rate \
            from the user; set it in the role
            """,
            """
            # aerohive has no attribute for: volume towards the user, volume from the user, total volume, redirect access list, \
            priority
            """,
        ],
        "symbol": [
            "Filter-Id = guests",
            "Symbol-Downlink-Limit = 2000",
            "Symbol-Uplink-Limit = 1501",
            "Symbol-User-Group = 12",
            "Symbol-QoS-Profile = Video",
            """
            # symbol has no attribute for: burst rate towards the user, burst rate from the user, volume towards the user, volume \
            from the user, total volume, redirect URL, redirect access list
            """,
        ],
        "omada": [
            "Filter-Id = guests",
            "WISPr-Bandwidth-Max-Up = 1500500",
            "WISPr-Bandwidth-Max-Down = 2000000",
            "TPLink-Recv-limit = 1073741824",
            "TPLink-Xmit-limit = 4294967295",
            "TPLink-Redirect-Url = https://portal.example/",
            """
            # TPLink-Xmit-limit holds 4294967295 at most: the volume towards the user has to be renewed before it is used up
            """,
            """
            # omada has no attribute for: burst rate towards the user, burst rate from the user, total volume, role, redirect \
            access list, priority
            """,
        ],
        "nomadix": [
            "Filter-Id = guests",
            "Nomadix-Bw-Up = 1501",
            "Nomadix-Bw-Down = 2000",
            "Nomadix-MaxBytesUp = 1073741824",
            "Nomadix-MaxBytesDown = 4294967295",
            "Nomadix-Net-VLAN = 20",
            "Nomadix-Qos-Policy = 12",
            "Nomadix-URL-Redirection = https://portal.example/",
            """
            # Nomadix-MaxBytesDown holds 4294967295 at most: the volume towards the user has to be renewed before it is used up
            """,
            """
            # nomadix has no attribute for: burst rate towards the user, burst rate from the user, total volume, redirect access \
            list, priority
            """,
        ],
        "colubris": [
            "Colubris-AVPair = max-input-rate=1501",
            "Colubris-AVPair = max-output-rate=2000",
            "Colubris-AVPair = max-input-octets=1073741824",
            "Colubris-AVPair = max-output-octets=5368709120",
            "Colubris-AVPair = access-list=guests",
            "Colubris-AVPair = vlan=20",
            "Colubris-AVPair = login-url=https://portal.example/",
            """
            # colubris has no attribute for: burst rate towards the user, burst rate from the user, total volume, role, redirect \
            access list, priority
            """,
        ],
        "trapeze": [
            "Filter-Id = guests",
            "Trapeze-QoS-Profile = 12",
            "Trapeze-URL = https://portal.example/",
            """
            # trapeze has no attribute for: rate towards the user, rate from the user, burst rate towards the user, burst rate from \
            the user; set it in the role
            """,
            """
            # trapeze has no attribute for: volume towards the user, volume from the user, total volume, redirect access list, \
            priority
            """,
        ],
        "xirrus": [
            "Filter-Id = 12",
            """
            # xirrus has no attribute for: rate towards the user, rate from the user, burst rate towards the user, burst rate from \
            the user; set it in the role
            """,
            """
            # xirrus has no attribute for: volume towards the user, volume from the user, total volume, access list, redirect URL, \
            redirect access list, priority
            """,
        ],
        "dlink": [
            "Filter-Id = guests",
            "Dlink-Ingress-Bandwidth-Assignment = 1501",
            "Dlink-Egress-Bandwidth-Assignment = 2000",
            "Dlink-VLAN-ID = 20",
            "Dlink-1p-Priority = 5",
            """
            # dlink has no attribute for: burst rate towards the user, burst rate from the user, volume towards the user, volume \
            from the user, total volume, role, redirect URL, redirect access list
            """,
        ],
        "arista": [
            "Filter-Id = guests",
            "Arista-Captive-Portal = https://portal.example/",
            """
            # arista has no attribute for: rate towards the user, rate from the user, burst rate towards the user, burst rate from \
            the user, volume towards the user, volume from the user, total volume, role, redirect access list, priority
            """,
        ],
        "motorola": [
            "Motorola-Canopy-ULBR = 1501",
            "Motorola-Canopy-DLBR = 2000",
            "Motorola-Canopy-ULBL = 3000",
            "Motorola-Canopy-DLBL = 4000",
            "Motorola-Canopy-VLIGVID = 20",
            """
            # motorola has no attribute for: volume towards the user, volume from the user, total volume, role, access list, \
            redirect URL, redirect access list, priority
            """,
        ],
        "huawei": [
            "Filter-Id = guests",
            "Huawei-Input-Average-Rate = 1500500",
            "Huawei-Output-Average-Rate = 2000000",
            "Huawei-Input-Peak-Rate = 3000000",
            "Huawei-Output-Peak-Rate = 4000000",
            "Huawei-Remanent-Volume = 6291456",
            "Huawei-Qos-Profile-Name = 12",
            "Huawei-PortalURL = https://portal.example/",
            "# huawei has no attribute for: volume towards the user, volume from the user, redirect access list, priority",
        ],
        "h3c": [
            "Filter-Id = guests",
            "H3C-Input-Average-Rate = 1500500",
            "H3C-Output-Average-Rate = 2000000",
            "H3C-Input-Peak-Rate = 3000000",
            "H3C-Output-Peak-Rate = 4000000",
            "H3C-User-Group = 12",
            "H3C-WEB-URL = https://portal.example/",
            "# h3c has no attribute for: volume towards the user, volume from the user, redirect access list, priority",
            """
            # h3c has no attribute for: total volume; the unit of H3C-Remanent-Volume depends on the device's settings: set it in \
            the policy
            """,
        ],
        "zte": [
            "Filter-Id = guests",
            "ZTE-Rate-Ctrl-SCR-Down = 2000",
            "ZTE-Rate-Ctrl-SCR-Up = 1501",
            "ZTE-Rate-Ctrl-Burst-Down = 4000",
            "ZTE-Rate-Ctrl-Burst-Up = 3000",
            "ZTE-QoS-Profile-Down = 12",
            "ZTE-QOS-Profile-Up = 12",
            "ZTE-PPPOE-URL = https://portal.example/",
            """
            # zte has no attribute for: volume towards the user, volume from the user, total volume, redirect access list, priority
            """,
        ],
        "erx": [
            "ERX-Service-Activate:1 = 12(1500500,2000000)",
            "ERX-Service-Volume:1 = 6144",
            "ERX-Ingress-Policy-Name = guests",
            "ERX-Egress-Policy-Name = guests",
            """
            # erx has no attribute for: burst rate towards the user, burst rate from the user, volume towards the user, volume from \
            the user, redirect URL, redirect access list, priority
            """,
        ],
        "alcatel-sr": [
            "Filter-Id = guests",
            "Alc-SLA-Prof-Str = 12",
            """
            # alcatel-sr has no attribute for: rate towards the user, rate from the user; set it in the SLA profile that the role \
            names
            """,
            """
            # alcatel-sr has no attribute for: burst rate towards the user, burst rate from the user, volume towards the user, \
            volume from the user, total volume, redirect URL, redirect access list, priority
            """,
        ],
        "aptilo": [
            "Filter-Id = guests",
            "Aptilo-Octets-Limit = 2147483648",
            "Aptilo-Gigawords-Limit = 1",
            "Aptilo-Input-Octets-Limit = 1073741824",
            "Aptilo-Output-Octets-Limit = 1073741824",
            "Aptilo-Output-Gigawords-Limit = 1",
            "Aptilo-Service-Profile = 12",
            """
            # aptilo has no attribute for: rate towards the user, rate from the user, burst rate towards the user, burst rate from \
            the user; set it in the role
            """,
            "# aptilo has no attribute for: redirect URL, redirect access list, priority",
        ],
        "roaring-penguin": [
            "Filter-Id = guests",
            "RP-Upstream-Speed-Limit = 1501",
            "RP-Downstream-Speed-Limit = 2000",
            "RP-HURL = https://portal.example/",
            """
            # roaring-penguin has no attribute for: burst rate towards the user, burst rate from the user, volume towards the user, \
            volume from the user, total volume, role, redirect access list, priority
            """,
        ],
        "ascend": [
            "Filter-Id = guests",
            "Ascend-Data-Rate = 1500500",
            "Ascend-Xmit-Rate = 2000000",
            """
            # ascend has no attribute for: burst rate towards the user, burst rate from the user, volume towards the user, volume \
            from the user, total volume, role, redirect URL, redirect access list, priority
            """,
        ],
    ]

    /// Take the standard attributes and nothing of their own.
    static let plainTypes: Set<String> = [
        "redback", "ericsson", "omniswitch", "alcatel-omniswitch", "ruijie", "grandstream", "peplink", "engenius", "zyxel", "mojo",
        "openwifi", "mimosa", "gemtek", "proxim", "meru", "sonicwall", "paloalto", "microsoft", "3gpp", "hostapd", "strongswan",
        "computone", "livingston", "multitech", "netserver", "pathras", "patton", "portslave", "tc", "usrhiper",
    ]

    static func plain(_ type: String) -> [String] {
        [
            "Filter-Id = guests",
            """
            # \(type) has no attribute for: rate towards the user, rate from the user, burst rate towards the user, burst rate from \
            the user, volume towards the user, volume from the user, total volume, role, redirect URL, redirect access list, \
            priority
            """,
        ]
    }
}
