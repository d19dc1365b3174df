import NIOCore
import TLSEngine

/// What carries the packets of one link: a connection or a DTLS association. Used on its event loop only.
protocol LinkCarrier: AnyObject {
    var eventLoop: any EventLoop { get }
    /// The peer, as its packets or a PROXY header name it.
    var source: SocketEndpoint { get }
    var destination: SocketEndpoint { get }
    /// Whether to read from the peer; a carrier that does not read lets the peer wait.
    var isReading: Bool { get set }

    /// Sends one packet, or drops it where the link has ended.
    func send(_ packet: [UInt8])
    /// Ends the link; its end hears of it by ``LinkEnd/closed(_:)`` once.
    func close(_ closure: LinkClosure)
}

/// Who uses a carrier. Called on the carrier's event loop only.
protocol LinkEnd: AnyObject {
    /// The link can be used. Close the carrier to refuse the peer.
    func opened(_ carrier: any LinkCarrier, peer: LinkPeer)
    /// One packet, whole by its Length field.
    func received(_ packet: [UInt8])
    func closed(_ closure: LinkClosure, detail: String)
}

/// What the handshake proved; all nil on TCP.
struct LinkPeer {
    var certificate: Certificate?
    var chain: [Certificate] = []
    var preSharedKeyIdentity: String?
    var applicationProtocol: String?
    var tlsVersion: TLSVersion?
}
