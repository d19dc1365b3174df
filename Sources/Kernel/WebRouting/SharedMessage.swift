import NIOConcurrencyHelpers

/// A text that is sent to many WebSockets: it is in memory once, however many get it and however slowly.
public final class SharedMessage: Sendable {
    /// UTF-8.
    public let octets: [UInt8]
    private let form = NIOLockedValueBox<(any Sendable)?>(nil)

    /// - Parameter octets: UTF-8.
    public init(_ octets: [UInt8]) {
        self.octets = octets
    }

    /// The octets as a server sends them, made when the first one asks.
    public func form<Form: Sendable>(_ make: ([UInt8]) -> Form) -> Form {
        form.withLockedValue { form in
            if let made = form as? Form { return made }
            let made = make(octets)
            form = made
            return made
        }
    }
}
