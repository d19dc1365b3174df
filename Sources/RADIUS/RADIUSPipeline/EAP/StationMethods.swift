import EAP

/// The methods that stations have logged in with after they had declined another: offered at once, they save a round trip.
///
/// For a day, after which a device is offered the operator's first method again, which it may have learnt. Only methods that prove who the
/// server is: whoever has logged in under another's Calling-Station-Id must not bring weaker ones upon that device.
struct StationMethods {
    private static let kinds: Set<EAPType> = [.tls, .ttls, .peap, .teap]
    private static let lifetimeSeconds = 86_400.0

    private let capacity: Int
    private var wanted: [String: (method: EAPType, until: Double)] = [:]

    /// - Parameter capacity: stations at most.
    init(capacity: Int) { self.capacity = capacity }

    /// - Parameter now: seconds since 1970 UTC.
    /// - Returns: nil: not known to want another than the first.
    func method(of station: String, now: Double) -> EAPType? {
        wanted[station].flatMap { $0.until > now ? $0.method : nil }
    }

    mutating func learn(_ method: EAPType, of station: String, now: Double) {
        guard Self.kinds.contains(method) else { return }
        if wanted.count >= capacity, wanted[station] == nil {
            wanted = wanted.filter { $0.value.until > now }
            // Each is worth a round trip and no more.
            if wanted.count >= capacity { wanted.removeAll(keepingCapacity: true) }
        }
        wanted[station] = (method, now + Self.lifetimeSeconds)
    }
}
