import Database
import Foundation
import RADIUSDictionary
import RADIUSTransport
import RADIUSWire
import TestSupport

@testable import Composition
@testable import ServerKernel

/// Scenes that checks look at.
enum TestScene {
    static let noon: Int64 = 1_750_000_000
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func make(_ yaml: String = "", _ connection: (any DatabaseConnection)? = nil) throws -> CheckScene {
        var reader = ConfigurationReader(yaml: yaml, file: "radian.yaml", environment: [:])
        let configuration = RadianConfiguration(&reader)
        try reader.finish()
        let dictionary = try AttributeDictionary.load(root.appending(path: "Dictionaries").path)
        return CheckScene(configuration: configuration, dictionary: dictionary, connection: connection, epoch: noon)
    }

    /// With one client of a running server.
    static func with(_ role: ListenerRole = .authentication, startedAgo: Int64 = 7200, _ change: (inout ClientCounts) -> Void) throws
        -> CheckScene
    {
        var scene = try make()
        var counts = ClientCounts()
        change(&counts)
        scene.statistics = ServerStatistics(
            startedAt: noon - startedAgo, reloadedAt: noon - startedAgo,
            clients: [.init(name: "office", address: "192.0.2.0/24", role: role, counts: counts)])
        return scene
    }

    static func device(_ name: String, _ secret: String, _ address: String = "192.0.2.1") -> NASClient {
        NASClient(name: name, prefix: IPPrefix(address) ?? IPPrefix(IPAddress(ipv4: 0)), secret: SharedSecret(Array(secret.utf8)))
    }
}
