public import RADIUSWire

/// The verified reply to one request.
public struct ClientReply: Sendable {
    /// What the reply says, and for MS-CHAP-V2 whether the server proved that it knows the password too.
    public enum Verdict: Equatable, Sendable {
        case accepted
        /// With the `E=…` text of MS-CHAP-Error (RFC 2548 §2.1.5) where the reply carries one.
        case rejected(mschapError: String?)
        case challenged
        /// Accounting-Response, an ACK, or the answer to Status-Server.
        case acknowledged
        /// An Access-Accept whose MS-CHAP2-Success (RFC 2548 §2.3.3) is missing or wrong: a real NAS would not let the user in.
        case serverNotAuthenticated
    }

    public let verdict: Verdict
    public let code: PacketCode
    /// In the order of the packet, hidden values in clear.
    public let attributes: [Attribute]
    public let hasMessageAuthenticator: Bool
    /// From the sending of the packet that was answered.
    public let roundTrip: Duration
    /// Packets sent for this request, the answered one included.
    public let attempts: Int
}
