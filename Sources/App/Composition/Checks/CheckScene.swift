import Database
import Foundation
import RADIUSDictionary
import RADIUSTransport

/// What checks look at.
struct CheckScene {
    var configuration: RadianConfiguration
    var dictionary: AttributeDictionary
    /// Of the running server; nil where none runs.
    var statistics: ServerStatistics?
    /// Nil where the database cannot be reached or lacks tables.
    var connection: (any DatabaseConnection)?
    /// Of configuration and database.
    var devices: [NASClient] = []
    /// Now, seconds since 1970 UTC.
    var epoch: Int64
    /// Of this machine.
    var sockets: [UDPSocketEntry] = []
    /// Largest receive buffer that the kernel grants, octets; nil where it does not say.
    var largestReceiveBuffer: Int?

    func time(_ epoch: Int64) -> String { Date(timeIntervalSince1970: Double(epoch)).formatted(.iso8601) }
}

extension Sequence where Element == String {
    /// The first few of many names.
    func shortened(_ count: Int = 5) -> String {
        let all = Array(self)
        return all.prefix(count).joined(separator: ", ") + (all.count > count ? " and \(all.count - count) more" : "")
    }
}
