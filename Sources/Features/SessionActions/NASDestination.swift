import DynamicAuthorization
public import RADIUSTransport
public import RADIUSWire

/// Where a NAS takes Disconnect- and CoA-Requests, and the secret they are made with.
public struct NASDestination: Sendable {
    public let endpoint: SocketEndpoint
    public let secret: SharedSecret

    /// - Parameters:
    ///   - address: of the NAS's own packets.
    ///   - settings: what operators said of it; nil: nothing.
    public init(of nas: NASClient, at address: IPAddress, _ settings: NASTarget?) throws(SessionControl.Refusal) {
        guard settings?.isDisabled != true else {
            throw SessionControl.Refusal(
                result: .unsupported, description: "dynamic authorization is switched off for the NAS '\(nas.name)'")
        }
        guard let address = settings?.address.map({ IPAddress($0) }) ?? address else {
            throw SessionControl.Refusal(result: .unreachable, description: "the address set for the NAS '\(nas.name)' is none")
        }
        endpoint = SocketEndpoint(
            address: address, port: settings?.port.flatMap { UInt16(exactly: $0) } ?? DynamicAuthorizationComposer.port(of: nas.type))
        secret = settings?.secret.flatMap { SharedSecret(text: $0) } ?? nas.secret
    }
}
