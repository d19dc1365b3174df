/// The table of all kinds of NAS. Rates are given in bit per second and volumes in octets; each line says what the attribute wants.
extension NASTemplate {
    static let all = access + carriers + plain

    /// Understood nearly everywhere.
    private static let standard: [AttributeTemplate] = [
        .exact("Session-Timeout", .sessionSeconds), .exact("Idle-Timeout", .idleSeconds),
        .exact("Acct-Interim-Interval", .interimSeconds),
        AttributeTemplate(attribute: "Tunnel-Type", value: .constant(13, with: .vlan)),
        AttributeTemplate(attribute: "Tunnel-Medium-Type", value: .constant(6, with: .vlan)),
        .text("Tunnel-Private-Group-Id", "\(.vlan)"),
    ]
    private static let filter: [AttributeTemplate] = [.text("Filter-Id", "\(.acl)")]
    private static let roleAsFilter: [AttributeTemplate] = [.text("Filter-Id", "\(.role)")]
    private static let wispr: [AttributeTemplate] = [
        .bits("WISPr-Bandwidth-Max-Up", .upRate), .bits("WISPr-Bandwidth-Max-Down", .downRate),
        .text("WISPr-Redirection-URL", "\(.redirectURL)"),
    ]
    private static let wisprRates: [AttributeTemplate] = [
        .bits("WISPr-Bandwidth-Max-Up", .upRate), .bits("WISPr-Bandwidth-Max-Down", .downRate),
    ]
    private static let ciscoRedirect: [AttributeTemplate] = [
        .text("Cisco-AVPair", "url-redirect=\(.redirectURL)"), .text("Cisco-AVPair", "url-redirect-acl=\(.redirectACL)"),
    ]
    private static let rateByRole: [PlanTerm: String] = [
        .downRate: "set it in the role", .upRate: "set it in the role", .downBurst: "set it in the role", .upBurst: "set it in the role",
    ]

    /// For types that the table does not know.
    static let unknown = NASTemplate("other", "wispr", attributes: [standard, filter, wispr])

    /// Wireless, switches, hotspot gateways.
    private static let access: [NASTemplate] = [
        unknown,
        NASTemplate(
            "coovachilli", "chillispot", "coova", "uspot", "openwrt",
            attributes: [
                standard, filter,
                [
                    .kilobits("CoovaChilli-Bandwidth-Max-Up", .upRate), .kilobits("CoovaChilli-Bandwidth-Max-Down", .downRate),
                    .octets("CoovaChilli-Max-Input-Octets", .upVolume, gigawords: "CoovaChilli-Max-Input-Gigawords"),
                    .octets("CoovaChilli-Max-Output-Octets", .downVolume, gigawords: "CoovaChilli-Max-Output-Gigawords"),
                    .octets("CoovaChilli-Max-Total-Octets", .totalVolume, gigawords: "CoovaChilli-Max-Total-Gigawords"),
                ], wispr,
            ]),
        NASTemplate(
            "mikrotik", "routeros", "router-os",
            attributes: [
                standard, filter,
                [
                    // rx/tx rx-burst/tx-burst rx-threshold/tx-threshold rx-time/tx-time priority; rx comes from the user.
                    .text(
                        "Mikrotik-Rate-Limit",
                        TextTemplate(
                            """
                            \(.upRate, .suffixed, or: "0")/\(.downRate, .suffixed, or: "0") \
                            \(.upBurst, .suffixed, or: "0")/\(.downBurst, .suffixed, or: "0") \
                            \(.upRate, .suffixed, or: "0")/\(.downRate, .suffixed, or: "0") 8/8 \(.priority, .descending)
                            """
                        ).needing(.upBurst, .downBurst),
                        TextTemplate(
                            """
                            \(.upRate, .suffixed, or: "0")/\(.downRate, .suffixed, or: "0") \
                            \(.upBurst, .suffixed, or: "0")/\(.downBurst, .suffixed, or: "0") \
                            \(.upRate, .suffixed, or: "0")/\(.downRate, .suffixed, or: "0") 8/8
                            """
                        ).needing(.upBurst, .downBurst),
                        "\(.upRate, .suffixed, or: "0")/\(.downRate, .suffixed, or: "0") 0/0 0/0 0/0 \(.priority, .descending)",
                        "\(.upRate, .suffixed, or: "0")/\(.downRate, .suffixed, or: "0")"),
                    .octets("Mikrotik-Recv-Limit", .upVolume, gigawords: "Mikrotik-Recv-Limit-Gigawords"),
                    .octets("Mikrotik-Xmit-Limit", .downVolume, gigawords: "Mikrotik-Xmit-Limit-Gigawords"),
                    .octets("Mikrotik-Total-Limit", .totalVolume, gigawords: "Mikrotik-Total-Limit-Gigawords"),
                    .exact("Mikrotik-Wireless-VLANID", .vlanID),
                    AttributeTemplate(attribute: "Mikrotik-Wireless-VLANIDtype", value: .constant(0, with: .vlanID)),
                    .text("Mikrotik-Address-List", "\(.role)"),
                    .text("WISPr-Redirection-URL", "\(.redirectURL)"),
                ],
            ]),
        NASTemplate(
            "cisco", "cisco-ios", "cisco-isg", "cisco-asr",
            attributes: [
                // IOS applies a list of this name to what comes in at the port.
                standard, [.text("Filter-Id", "\(.acl).in")],
                [.text("Cisco-Account-Info", "QU;\(.upRate);D;\(.downRate)")], ciscoRedirect,
            ],
            hints: [
                .downRate: "a subscriber's service gateway takes both rates or none",
                .upRate: "a subscriber's service gateway takes both rates or none",
            ]),
        NASTemplate(
            "cisco-wlc", "airespace", "cisco-9800",
            attributes: [
                standard,
                [
                    .kilobits("Airespace-Data-Bandwidth-Average-Contract", .downRate),
                    .kilobits("Airespace-Data-Bandwidth-Average-Contract-Upstream", .upRate),
                    .kilobits("Airespace-Data-Bandwidth-Burst-Contract", .downBurst),
                    .kilobits("Airespace-Data-Bandwidth-Burst-Contract-Upstream", .upBurst),
                    .text("Airespace-Interface-Name", "\(.vlanName)"), .text("Airespace-ACL-Name", "\(.acl)"),
                    .text("Airespace-Guest-Role-Name", "\(.role)"),
                    // Bronze, silver, gold, platinum.
                    AttributeTemplate(attribute: "Airespace-QOS-Level", value: .levels([3, 3, 0, 0, 1, 1, 2, 2])),
                ], ciscoRedirect,
            ]),
        NASTemplate(
            "aruba", "aruba-instant", "arubaos",
            attributes: [
                standard, filter,
                [
                    .text("Aruba-User-Role", "\(.role)"), .exact("Aruba-User-Vlan", .vlanID),
                    .text("Aruba-Named-User-Vlan", "\(.vlanName)"), .text("Aruba-Captive-Portal-URL", "\(.redirectURL)"),
                ],
            ], hints: rateByRole),
        NASTemplate(
            "hpe", "procurve", "hp", "arubaos-switch",
            attributes: [
                standard, filter,
                [
                    .kilobits("HP-Bandwidth-Max-Ingress", .upRate), .kilobits("HP-Bandwidth-Max-Egress", .downRate),
                    .text("HP-User-Role", "\(.role)"), .text("HP-Captive-Portal-URL", "\(.redirectURL)"),
                    // The new class for each of the eight a frame may carry.
                    .text(
                        "HP-Cos", "\(.priority)\(.priority)\(.priority)\(.priority)\(.priority)\(.priority)\(.priority)\(.priority)"),
                ],
            ]),
        NASTemplate(
            "ruckus", "smartzone", "zonedirector", "unleashed",
            attributes: [
                standard, filter,
                [.text("Ruckus-User-Groups", "\(.role)"), .exact("Ruckus-VLAN-ID", .vlanID)], wispr,
            ]),
        NASTemplate(
            "meraki",
            attributes: [
                standard, roleAsFilter,
                [.bits("Maximum-Data-Rate-Upstream", .upRate), .bits("Maximum-Data-Rate-Downstream", .downRate)], ciscoRedirect,
            ], hints: [.acl: "set it in the group policy that the role names"]),
        NASTemplate("unifi", "ubiquiti", "ubnt", attributes: [standard, filter, wispr]),
        NASTemplate(
            "cambium", "cnpilot", "cnmatrix",
            attributes: [
                standard, filter, wispr,
                [
                    .octets("Cambium-Traffic-Quota-Limit-Up", .upVolume, gigawords: "Cambium-Traffic-Quota-Limit-Up-Gigwords"),
                    .octets("Cambium-Traffic-Quota-Limit-Down", .downVolume, gigawords: "Cambium-Traffic-Quota-Limit-Down-Gigwords"),
                    .octets("Cambium-Traffic-Quota-Limit-Total", .totalVolume, gigawords: "Cambium-Traffic-Quota-Limit-Total-Gigwords"),
                    .text("Cambium-VLAN-Pool-Id", "\(.vlanName)"),
                ],
            ]),
        NASTemplate(
            "cambium-epmp", "epmp",
            attributes: [
                standard,
                [
                    .kilobits("Cambium-ePMP-Max-Burst-Uplink-Rate", .upRate), .kilobits("Cambium-ePMP-Max-Burst-Downlink-Rate", .downRate),
                    .exact("Cambium-ePMP-Data-VLAN-Id", .vlanID),
                ],
            ]),
        NASTemplate(
            "pfsense",
            attributes: [
                standard,
                [
                    .bits("pfSense-Bandwidth-Max-Up", .upRate), .bits("pfSense-Bandwidth-Max-Down", .downRate),
                    .octets("pfSense-Max-Total-Octets", .totalVolume),
                ], wispr,
            ], refusesChanges: "pfSense takes no CoA; it asks again every minute where reauthentication is switched on"),
        NASTemplate(
            "opnsense", attributes: [standard, wispr], refusesChanges: "OPNsense takes no CoA"),
        NASTemplate(
            "fortinet", "fortigate", "fortiap",
            attributes: [standard, filter, [.text("Fortinet-Group-Name", "\(.role)")]],
            hints: [.downRate: "set it in the policy of the group", .upRate: "set it in the policy of the group"]),
        NASTemplate(
            "juniper", "juniper-ex", "mist",
            attributes: [
                standard,
                [
                    .text("Juniper-Firewall-filter-name", "\(.acl)"), .text("Juniper-CWA-Redirect", "\(.redirectURL)"),
                    .text("Filter-Id", "\(.role)"),
                ],
            ]),
        NASTemplate(
            "extreme", "exos",
            attributes: [
                standard, filter,
                [
                    .text("Extreme-Netlogin-Vlan", "\(.vlanName)"), .exact("Extreme-Netlogin-Vlan-Tag", .vlanID),
                    .text("Extreme-Security-Profile", "\(.role)"), .text("Extreme-Netlogin-Url", "\(.redirectURL)"),
                ],
            ], hints: rateByRole),
        NASTemplate(
            "enterasys", "extreme-eos",
            attributes: [standard, [.text("Filter-Id", "Enterasys:version=1:policy=\(.role)")]], hints: rateByRole),
        NASTemplate(
            "aerohive", "extreme-iq",
            attributes: [
                standard, filter,
                [
                    .exact("Extreme-User-Profile-Attribute", .role), .exact("Extreme-User-Vlan", .vlanID),
                    .text("Extreme-IDM-Redirect-URL", "\(.redirectURL)"),
                ],
            ], hints: rateByRole.merging([.role: "it is the number of a user profile"]) { first, _ in first }),
        NASTemplate(
            "symbol", "wing", "zebra",
            attributes: [
                standard, filter,
                [
                    .text("Symbol-Downlink-Limit", "\(.downRate, .kilobits)"), .text("Symbol-Uplink-Limit", "\(.upRate, .kilobits)"),
                    .text("Symbol-User-Group", "\(.role)"),
                    // Background, best effort, video, voice.
                    AttributeTemplate(attribute: "Symbol-QoS-Profile", value: .levels([2, 2, 1, 1, 3, 3, 4, 4])),
                ],
            ]),
        NASTemplate(
            "omada", "tp-link", "tplink",
            attributes: [
                standard, filter, wisprRates,
                [
                    .octets("TPLink-Recv-limit", .upVolume), .octets("TPLink-Xmit-limit", .downVolume),
                    .text("TPLink-Redirect-Url", "\(.redirectURL)"),
                ],
            ]),
        NASTemplate(
            "nomadix",
            attributes: [
                standard, filter,
                [
                    .kilobits("Nomadix-Bw-Up", .upRate), .kilobits("Nomadix-Bw-Down", .downRate),
                    .octets("Nomadix-MaxBytesUp", .upVolume), .octets("Nomadix-MaxBytesDown", .downVolume),
                    .exact("Nomadix-Net-VLAN", .vlanID), .text("Nomadix-Qos-Policy", "\(.role)"),
                    .text("Nomadix-URL-Redirection", "\(.redirectURL)"),
                ],
            ]),
        NASTemplate(
            "colubris", "hp-msm", "msm",
            attributes: [
                standard,
                [
                    .text("Colubris-AVPair", "max-input-rate=\(.upRate, .kilobits)"),
                    .text("Colubris-AVPair", "max-output-rate=\(.downRate, .kilobits)"),
                    .text("Colubris-AVPair", "max-input-octets=\(.upVolume)"), .text("Colubris-AVPair", "max-output-octets=\(.downVolume)"),
                    .text("Colubris-AVPair", "access-list=\(.acl)"), .text("Colubris-AVPair", "vlan=\(.vlan)"),
                    .text("Colubris-AVPair", "login-url=\(.redirectURL)"),
                ],
            ]),
        NASTemplate(
            "trapeze",
            attributes: [
                standard, filter,
                [
                    .text("Trapeze-VLAN-Name", "\(.vlanName)"), .text("Trapeze-QoS-Profile", "\(.role)"),
                    .text("Trapeze-URL", "\(.redirectURL)"),
                ],
            ], hints: rateByRole),
        NASTemplate("xirrus", attributes: [standard, roleAsFilter], hints: rateByRole),
        NASTemplate(
            "dlink", "d-link",
            attributes: [
                standard, filter,
                [
                    .kilobits("Dlink-Ingress-Bandwidth-Assignment", .upRate), .kilobits("Dlink-Egress-Bandwidth-Assignment", .downRate),
                    .text("Dlink-VLAN-ID", "\(.vlanID)"), .text("Dlink-VLAN-Name", "\(.vlanName)"),
                    .exact("Dlink-1p-Priority", .priority),
                ],
            ]),
        NASTemplate("arista", attributes: [standard, filter, [.text("Arista-Captive-Portal", "\(.redirectURL)")]]),
        NASTemplate(
            "motorola", "canopy",
            attributes: [
                standard,
                [
                    .kilobits("Motorola-Canopy-ULBR", .upRate), .kilobits("Motorola-Canopy-DLBR", .downRate),
                    .kilobits("Motorola-Canopy-ULBL", .upBurst), .kilobits("Motorola-Canopy-DLBL", .downBurst),
                    .exact("Motorola-Canopy-VLIGVID", .vlanID),
                ],
            ]),
    ]

    /// Access concentrators of carriers and what they grew from.
    private static let carriers: [NASTemplate] = [
        NASTemplate(
            "huawei",
            attributes: [
                standard, filter,
                [
                    .bits("Huawei-Input-Average-Rate", .upRate), .bits("Huawei-Output-Average-Rate", .downRate),
                    .bits("Huawei-Input-Peak-Rate", .upBurst), .bits("Huawei-Output-Peak-Rate", .downBurst),
                    AttributeTemplate(
                        attribute: "Huawei-Remanent-Volume",
                        value: .volume(
                            .totalVolume, unit: AttributeTemplate.kilobyte, gigawords: nil,
                            // All ones stand for "no limit".
                            limit: UInt64(UInt32.max) - 1)),
                    .text("Huawei-Qos-Profile-Name", "\(.role)"), .text("Huawei-PortalURL", "\(.redirectURL)"),
                ],
            ]),
        NASTemplate(
            "h3c", "hpe-comware", "comware",
            attributes: [
                standard, filter,
                [
                    .bits("H3C-Input-Average-Rate", .upRate), .bits("H3C-Output-Average-Rate", .downRate),
                    .bits("H3C-Input-Peak-Rate", .upBurst), .bits("H3C-Output-Peak-Rate", .downBurst),
                    .text("H3C-User-Group", "\(.role)"), .text("H3C-WEB-URL", "\(.redirectURL)"),
                ],
            ], hints: [.totalVolume: "the unit of H3C-Remanent-Volume depends on the device's settings: set it in the policy"]),
        NASTemplate(
            "zte",
            attributes: [
                standard, filter,
                [
                    .kilobits("ZTE-Rate-Ctrl-SCR-Down", .downRate), .kilobits("ZTE-Rate-Ctrl-SCR-Up", .upRate),
                    .kilobits("ZTE-Rate-Ctrl-Burst-Down", .downBurst), .kilobits("ZTE-Rate-Ctrl-Burst-Up", .upBurst),
                    .text("ZTE-QoS-Profile-Down", "\(.role)"), .text("ZTE-QOS-Profile-Up", "\(.role)"),
                    .text("ZTE-PPPOE-URL", "\(.redirectURL)"),
                ],
            ]),
        NASTemplate(
            "erx", "unisphere", "juniper-mx", "juniper-bng",
            attributes: [
                standard,
                [
                    AttributeTemplate(
                        // Parameters of the service in the order that JunosE's own examples use: input, output.
                        attribute: "ERX-Service-Activate", value: .text(["\(.role)(\(.upRate),\(.downRate))", "\(.role)"]), tag: 1),
                    AttributeTemplate(
                        // A tag takes the upper octet of the number.
                        attribute: "ERX-Service-Volume",
                        value: .volume(.totalVolume, unit: AttributeTemplate.megabyte, gigawords: nil, limit: 0xff_ffff), tag: 1),
                    .text("ERX-Ingress-Policy-Name", "\(.acl)"), .text("ERX-Egress-Policy-Name", "\(.acl)"),
                ],
            ],
            hints: [
                .downRate: "it is a parameter of the service that the role names",
                .upRate: "it is a parameter of the service that the role names",
            ]),
        NASTemplate(
            "alcatel-sr", "nokia", "nokia-sr", "timetra", "alcatel",
            attributes: [standard, filter, [.text("Alc-SLA-Prof-Str", "\(.role)")]],
            hints: [.downRate: "set it in the SLA profile that the role names", .upRate: "set it in the SLA profile that the role names"]),
        NASTemplate(
            "aptilo",
            attributes: [
                standard, filter,
                [
                    .octets("Aptilo-Octets-Limit", .totalVolume, gigawords: "Aptilo-Gigawords-Limit"),
                    .octets("Aptilo-Input-Octets-Limit", .upVolume, gigawords: "Aptilo-Input-Gigawords-Limit"),
                    .octets("Aptilo-Output-Octets-Limit", .downVolume, gigawords: "Aptilo-Output-Gigawords-Limit"),
                    .text("Aptilo-Service-Profile", "\(.role)"),
                ],
            ], hints: rateByRole),
        NASTemplate(
            "roaring-penguin", "rp-pppoe",
            attributes: [
                standard, filter,
                [
                    .kilobits("RP-Upstream-Speed-Limit", .upRate), .kilobits("RP-Downstream-Speed-Limit", .downRate),
                    .text("RP-HURL", "\(.redirectURL)"),
                ],
            ]),
        NASTemplate(
            "ascend", "max40xx", "lucent",
            attributes: [standard, filter, [.bits("Ascend-Data-Rate", .upRate), .bits("Ascend-Xmit-Rate", .downRate)]]),
    ]

    /// Kinds whose own attributes serve none of the terms: the standard ones are all they take.
    private static let plain: [NASTemplate] = [
        "redback", "ericsson", "omniswitch", "alcatel-omniswitch", "ruijie", "grandstream", "peplink", "engenius", "zyxel", "mojo",
        "openwifi", "mimosa", "gemtek", "proxim", "meru", "sonicwall", "paloalto", "microsoft", "3gpp", "hostapd", "strongswan",
        "computone", "livingston", "multitech", "netserver", "pathras", "patton", "portslave", "tc", "usrhiper",
    ].map { NASTemplate($0, attributes: [standard, filter]) }
}
