import EAP
import RADIUSTransport

/// One EAP conversation between its packets, with what policy has said so far.
///
/// `@unchecked Sendable`: whoever takes it out of ``EAPConversations`` is its only user until it is put back.
final class EAPExchange: @unchecked Sendable {
    /// What policy granted, kept until the method ends.
    struct Grant {
        var userName: String
        var organizationID: String?
        var reply: [PolicyAttribute]
    }

    let conversation: EAPConversation
    /// The NAS that began it; State is bound to it (RFC 3579 §2.6.1).
    let clientName: String
    /// Calling-Station-Id, by which a station that starts anew replaces its old conversation; nil when the NAS sends none.
    let station: String?
    var grant: Grant?
    var refusal: RejectReason?
    /// What the method waits for: set from ``EAPStep/authenticate(_:)`` until the verdict.
    var question: EAPAuthentication?

    init(_ conversation: EAPConversation, clientName: String, station: String?) {
        self.conversation = conversation
        self.clientName = clientName
        self.station = station
    }
}
