/// A VPN concentrator that reports its own Called-Station-Id for the access points behind it.
public struct CalledStationConcentrator: Sendable, Equatable {
    /// A management interface of OpenVPN.
    public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
        /// Name or address.
        public var host: String
        public var port: Int

        public init(host: String, port: Int = 7505) {
            self.host = host
            self.port = port
        }

        public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// Slug of the organization whose sessions it carries.
    public var organization: String
    /// The Called-Station-Ids that it reports, in its own spelling.
    public var unconvertedIDs: [String]
    /// Interfaces that know which access point a device is behind.
    public var endpoints: [Endpoint]
    /// Of the interfaces; empty for none.
    public var password: String

    public init(organization: String, unconvertedIDs: [String], endpoints: [Endpoint], password: String = "") {
        self.organization = organization
        self.unconvertedIDs = unconvertedIDs
        self.endpoints = endpoints
        self.password = password
    }
}
