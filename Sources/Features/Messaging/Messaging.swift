public import Database
import NIOConcurrencyHelpers
import ServerKernel

/// What other features ask of this one, beside the ``MessageOutbox``.
public final class Messaging: Sendable {
    /// Writes the texts of messages.
    public let composer: MessageComposer
    private let delivery: MessageDelivery

    init(composer: MessageComposer, delivery: MessageDelivery) {
        self.composer = composer
        self.delivery = delivery
    }

    /// Whether a message would be sent if it were queued now: there is a gateway for it that works, the number's prefix is allowed and the
    /// limits of the day are not reached.
    /// - Parameters:
    ///   - organizationID: for whom.
    ///   - recipient: a telephone number or an e-mail address; nil to leave it aside.
    public func canSend(
        _ channel: MessageChannel, organizationID: String?, to recipient: String? = nil, over connection: any DatabaseConnection
    ) throws(DatabaseError) -> Bool {
        guard delivery.gateways.contains(where: { $0.channel == channel }), !delivery.isResting(channel) else { return false }
        guard channel == .sms else { return true }
        if let recipient, !allowsNumber(recipient, organizationID: organizationID) { return false }
        return try MessageLimitStore(connection).allows(
            organizationID: organizationID, day: delivery.now() / 86_400_000_000, limits: delivery.settings.smsLimits)
    }

    /// Whether text messages to this number are allowed: by the configuration, and by the organization.
    public func allowsNumber(_ number: String, organizationID: String?) -> Bool {
        PhoneNumber.isAllowed(number, prefixes: delivery.settings.smsLimits.allowedPrefixes)
            && PhoneNumber.isAllowed(number, prefixes: organizationID.map(delivery.organizationPrefixes) ?? [])
    }
}
