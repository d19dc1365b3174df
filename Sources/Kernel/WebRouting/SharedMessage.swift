import NIOConcurrencyHelpers
public import NIOCore

/// A text that is sent to many WebSockets: it is in memory once, however many get it and however slowly.
public final class SharedMessage: Sendable {
    /// UTF-8.
    public let text: ByteBuffer
    private let form = NIOLockedValueBox<(any Sendable)?>(nil)
    /// What went out to all who got it so far. It outlives the message where somebody holds it.
    public let sent = SentOctets()

    /// - Parameter octets: UTF-8.
    public init(_ octets: [UInt8]) {
        text = ByteBuffer(bytes: octets)
    }

    /// Another form of the text, such as a compressed one, made when the first one asks.
    /// - Parameter make: returns soon; work is left to a task.
    public func form<Form: Sendable>(_ make: (ByteBuffer) -> Form) -> Form {
        form.withLockedValue { form in
            if let made = form as? Form { return made }
            let made = make(text)
            form = made
            return made
        }
    }
}

/// Octets that were sent of something, in whatever form.
public final class SentOctets: Sendable {
    private let octets = NIOLockedValueBox(0)

    public var count: Int { octets.withLockedValue { $0 } }

    public func add(_ count: Int) {
        octets.withLockedValue { $0 += count }
    }
}
