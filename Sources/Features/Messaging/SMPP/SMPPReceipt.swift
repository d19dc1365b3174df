/// Reads what a deliver_sm says about a message sent before: the optional parameters of SMPP 3.4, or the text of its appendix B,
/// `id:… sub:001 dlvrd:001 submit date:… done date:… stat:DELIVRD err:000 text:…`.
enum SMPPReceipt {
    /// - Returns: nil for a message of a subscriber, and for a state that is not the last.
    static func read(_ message: SMPPMessage) -> DeliveryReceipt? {
        guard message.esmClass & 0x3c == 0x04 else { return nil }
        let octets = message.text.isEmpty ? message.options[SMPPMessage.Tag.messagePayload] ?? [] : message.text
        let text = String(decoding: octets, as: UTF8.self)
        let option = message.options[SMPPMessage.Tag.receiptedMessageID].map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        guard let id = option ?? text.firstMatch(of: /(?i)\bid:\s*(\S+)/).map({ String($0.1) }), !id.isEmpty else { return nil }
        let error = text.firstMatch(of: /(?i)\berr:\s*(\w+)/).map { " " + $0.1 } ?? ""
        let state = message.options[SMPPMessage.Tag.messageState].flatMap(\.first).flatMap { names[$0] }
        let name = state ?? text.firstMatch(of: /(?i)\bstat:\s*(\w+)/).map { $0.1.uppercased() } ?? ""
        switch name {
        case "DELIVRD": return DeliveryReceipt(providerID: id, state: .delivered)
        case "EXPIRED", "DELETED", "UNDELIV", "REJECTD", "FAILED":
            return DeliveryReceipt(providerID: id, state: .failed, code: name + error)
        default: return nil
        }
    }

    /// Values of message_state (§5.2.28) as the text calls them.
    private static let names: [UInt8: String] = [
        1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN", 8: "REJECTD",
    ]
}
