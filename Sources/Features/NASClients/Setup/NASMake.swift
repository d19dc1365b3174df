/// A make of NAS as lists name it.
struct NASMake: Sendable {
    /// As `nas.type` has it.
    let name: String
    let label: String

    /// Those that lines or login pages are made for, and the usual others, by label; the one for everything else last.
    static let all: [NASMake] = [
        NASMake(name: "arista", label: "Arista"), NASMake(name: "aruba", label: "Aruba Instant and controllers"),
        NASMake(name: "cambium", label: "Cambium cnPilot, cnMaestro"), NASMake(name: "meraki", label: "Cisco Meraki"),
        NASMake(name: "cisco-wlc", label: "Cisco wireless controllers (Catalyst 9800, AireOS)"),
        NASMake(name: "cisco", label: "Cisco IOS switches and routers"), NASMake(name: "coovachilli", label: "CoovaChilli"),
        NASMake(name: "aerohive", label: "Extreme ExtremeCloud IQ, Aerohive"), NASMake(name: "extreme", label: "Extreme switches"),
        NASMake(name: "fortinet", label: "Fortinet FortiGate"), NASMake(name: "hostapd", label: "hostapd"),
        NASMake(name: "hpe", label: "HPE ProCurve, ArubaOS-Switch"), NASMake(name: "huawei", label: "Huawei"),
        NASMake(name: "h3c", label: "H3C, HPE Comware"), NASMake(name: "juniper", label: "Juniper"),
        NASMake(name: "mikrotik", label: "MikroTik RouterOS"), NASMake(name: "mist", label: "Juniper Mist"),
        NASMake(name: "nomadix", label: "Nomadix"), NASMake(name: "opennds", label: "openNDS"),
        NASMake(name: "openwrt", label: "OpenWrt"), NASMake(name: "opnsense", label: "OPNsense"),
        NASMake(name: "pfsense", label: "pfSense"),
        NASMake(name: "ruckus", label: "Ruckus ZoneDirector, Unleashed"), NASMake(name: "smartzone", label: "Ruckus SmartZone"),
        NASMake(name: "strongswan", label: "strongSwan"), NASMake(name: "omada", label: "TP-Link Omada"),
        NASMake(name: "unifi", label: "Ubiquiti UniFi"), NASMake(name: "zyxel", label: "Zyxel"), NASMake(name: "other", label: "Other"),
    ].sorted { ($0.name == "other" ? 1 : 0, $0.label.lowercased()) < ($1.name == "other" ? 1 : 0, $1.label.lowercased()) }

    /// What people call a type; the type itself where nobody said.
    static func label(of type: String) -> String { all.first { $0.name == type }?.label ?? type }
}
