/// Where listeners find the NAS clients. Called from packet threads; no method may block.
public protocol NASDirectory: Sendable {
    /// The current clients. Taken once for each batch of datagrams.
    var table: NASTable { get }

    /// A datagram came from an address no client covers. May start a reload in the background.
    func unknownSource(_ address: IPAddress)

    /// The first telling packet of a client settled a value that stood on `auto`; nil leaves a value as it is.
    ///
    /// May be called again with another value until ``table`` shows the first: the first call counts.
    func learned(_ client: NASClient, requireMessageAuthenticator: Requirement?, limitProxyState: Requirement?)
}
