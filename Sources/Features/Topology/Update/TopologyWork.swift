import Dispatch

/// A thread for long computations about topologies: parsing must not hold up the threads that answer requests.
enum TopologyWork {
    private static let queue = DispatchQueue(label: "topology-parsing", qos: .utility)

    static func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
