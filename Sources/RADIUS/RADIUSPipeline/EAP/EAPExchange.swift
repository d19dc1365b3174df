import EAP
import RADIUSTransport

/// One EAP conversation between its packets, with what policy has said so far.
///
/// `@unchecked Sendable`: whoever takes it out of ``EAPConversations`` is its only user until it is put back.
final class EAPExchange: @unchecked Sendable {
    /// What policy granted, kept until the method ends.
    struct Grant {
        var userName: String
        /// With the realm of the organization, so that accounting finds the same user; for the NAS.
        var fullName: String
        var organizationID: String?
        var reply: [PolicyAttribute]
    }

    let conversation: EAPConversation
    /// The NAS that began it; State is bound to it (RFC 3579 §2.6.1).
    let clientName: String
    /// Calling-Station-Id, by which a station that starts anew replaces its old conversation; nil when the NAS sends none.
    let station: String?
    /// By which its last packet came, or its next one will; empty for a new one.
    var state: [UInt8] = []
    var grant: Grant?
    var refusal: RejectReason?
    /// What the method waits for: set from ``EAPStep/authenticate(_:)`` until the verdict.
    var question: EAPAuthentication?
    /// The EAP packet that led to ``question``: when policy was silent, its repetition asks again.
    var questioned: [UInt8] = []
    /// What the log says when the peer falls silent.
    let beginning: AuthenticationLogEntry

    init(_ conversation: EAPConversation, station: String?, beginning: AuthenticationLogEntry) {
        self.conversation = conversation
        clientName = beginning.nasName
        self.station = station
        self.beginning = beginning
    }

    /// Why it fails, though the peer has not been heard to know; nil while it may still succeed.
    var pendingFailure: RejectReason? { conversation.pendingFailure.map { refusal ?? RejectReason($0) } }
}
