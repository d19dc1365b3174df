/// What programs print about their network.
public enum TopologyFormat: String, CaseIterable, Sendable {
    case olsr
    case batman
    case bmx6
    case netjson
    case cnml
    case openvpn
    case wireguard
    case zerotier
    case freifunk
    case olsrv2
    case babel

    /// By its short name, or by the identifier that the topology API uses.
    public init?(name: String) {
        // The name of a class that OpenWISP offers and that netdiff spells otherwise; both are in use.
        if name == "netdiff.Bmx6Parser" {
            self = .bmx6
        } else if let format = Self(rawValue: name) ?? Self.allCases.first(where: { $0.identifier == name }) {
            self = format
        } else {
            return nil
        }
    }

    /// What the topology API calls the parser; the first eight are those of OpenWISP, whose clients send them.
    public var identifier: String {
        switch self {
        case .olsr: "netdiff.OlsrParser"
        case .batman: "netdiff.BatmanParser"
        case .bmx6: "netdiff.BmxParser"
        case .netjson: "netdiff.NetJsonParser"
        case .cnml: "netdiff.CnmlParser"
        case .openvpn: "netdiff.OpenvpnParser"
        case .wireguard: "netdiff.WireguardParser"
        case .zerotier: "netdiff.ZeroTierParser"
        case .freifunk: "radian.FreifunkParser"
        case .olsrv2: "radian.Olsrv2Parser"
        case .babel: "radian.BabelParser"
        }
    }

    /// For people.
    public var label: String {
        switch self {
        case .olsr: "OLSRd (txtinfo/jsoninfo)"
        case .batman: "batman-advanced (jsondoc/txtinfo)"
        case .bmx6: "BMX6 (q6m)"
        case .netjson: "NetJSON NetworkGraph"
        case .cnml: "CNML 1.0"
        case .openvpn: "OpenVPN"
        case .wireguard: "Wireguard"
        case .zerotier: "ZeroTier"
        case .freifunk: "Freifunk meshviewer"
        case .olsrv2: "OLSRv2 (oonf netjsoninfo)"
        case .babel: "Babel (babeld dump)"
        }
    }

    /// Reads an input. Takes time in proportion to it, and no more memory than some times its size, whatever it holds.
    /// - Parameter bytes: UTF-8, with or without a byte order mark.
    /// - Returns: nodes by id, links by source and target.
    public func parse(_ bytes: [UInt8], options: TopologyParseOptions) throws(TopologyFormatError) -> NetworkGraph {
        let input = try TopologyInput(bytes, options)
        return switch self {
        case .olsr: try OLSRParser.parse(input)
        case .batman: try BatmanParser.parse(input)
        case .bmx6: try BMX6Parser.parse(input)
        case .netjson: try NetJSONParser.parse(input)
        case .cnml: try CNMLParser.parse(input)
        case .openvpn: try OpenVPNParser.parse(input)
        case .wireguard: try WireGuardParser.parse(input)
        case .zerotier: try ZeroTierParser.parse(input)
        case .freifunk: try FreifunkParser.parse(input)
        case .olsrv2: try OLSRv2Parser.parse(input)
        case .babel: try BabelParser.parse(input)
        }
    }
}
