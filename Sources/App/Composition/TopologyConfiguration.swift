public import Foundation
public import ServerKernel
public import Topology
import WebRouting

/// The section `topology`.
public struct TopologyConfiguration: Sendable {
    public var settings = TopologySettings()

    /// Reads every key; problems stay with the reader.
    /// - Parameter timeZone: whose days snapshots are of; nil for the server's.
    public init(_ reader: inout ConfigurationReader, timeZone: TimeZone?) {
        let section = "topology"
        settings.updateInterval = reader.seconds(section, "update_interval", default: 300, in: 5...86_400)
        let timeout = reader.seconds(section, "timeout", default: 8, in: 0.1...120).components
        settings.timeoutSeconds = Double(timeout.seconds) + Double(timeout.attoseconds) / 1e18
        settings.largestInput = reader.integer(section, "largest_input", default: 16 << 20, in: 1024...(256 << 20))
        for text in reader.list(section, "allowed_networks", default: []) {
            guard let block = AddressBlock(text) else {
                reader.report(reader.location(section, "allowed_networks"), "'\(text)' is no network such as 10.0.0.0/8")
                continue
            }
            settings.allowedNetworks.append(block)
        }
        let days = 0...36_500
        settings.linkExpirationDays = Self.days(reader.integer(section, "link_expiration", default: 60, in: days))
        settings.nodeExpirationDays = Self.days(reader.integer(section, "node_expiration", default: 0, in: days))
        settings.snapshotDays = Self.days(reader.integer(section, "keep_snapshots", default: 0, in: days))
        settings.readingNeedsLogin = reader.flag(section, "api_auth_required", default: true)
        let origin = reader.text(section, "receive_origin", default: "")
        settings.receiveOrigin = origin.isEmpty ? nil : origin.hasSuffix("/") ? String(origin.dropLast()) : origin
        let tiles = reader.text(section, "map_tiles", default: "")
        if !tiles.isEmpty {
            if Self.source(of: tiles) != nil, ["{x}", "{y}", "{z}"].allSatisfy({ tiles.contains($0) }) {
                settings.mapTiles = tiles
            } else {
                reader.report(
                    reader.location(section, "map_tiles"), "'\(tiles)' is not like https://tiles.example.org/{z}/{x}/{y}.png")
            }
        }
        settings.mapAttribution = reader.text(section, "map_attribution", default: "")
        settings.timeZone = timeZone ?? .current
    }

    /// Servers of map tiles, for the policy of pages.
    var imageSources: [String] { settings.mapTiles.flatMap { Self.source(of: $0) }.map { [$0] } ?? [] }

    private static func days(_ number: Int) -> Int64? { number == 0 ? nil : Int64(number) }

    /// Scheme, host and port of a template, with `*` for the part that chooses among servers.
    private static func source(of template: String) -> String? {
        guard let match = template.replacing("{s}.", with: "*.").prefixMatch(of: /https?:\/\/(\*\.)?[A-Za-z0-9.-]+(:[0-9]+)?/) else {
            return nil
        }
        return String(match.0)
    }
}
