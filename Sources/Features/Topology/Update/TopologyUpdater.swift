import Database
import HTTPTypes
import Localization
import Logging
import ServerKernel
import TopologyFormats
import WebRouting

/// Fetches inputs and takes them.
struct TopologyUpdater: Sendable {
    let kernel: Kernel
    let engine: TopologyEngine
    let fetcher: InputFetcher
    let queue: UpdateQueue
    let settings: TopologySettings

    /// Fetches those whose time has come, several at a time; that one fails stops no other.
    func updateDue(now: Int64 = NetworkTopology.now()) async throws {
        let interval = settings.updateInterval.components
        let next = now + interval.seconds * 1_000_000 + interval.attoseconds / 1_000_000_000_000
        let due = try await kernel.withConnection { connection in
            let store = TopologyStore(connection)
            return try store.takeDue(now: now, next: next).compactMap { try store.topology(id: $0) }
        }
        await withTaskGroup(of: Void.self) { group in
            for topology in due {
                group.addTask { _ = try? await update(topology) }
            }
        }
    }

    /// Fetches a topology and notes how that went.
    /// - Throws: 400 with the reason where no input came or it is none.
    func update(_ topology: NetworkTopology) async throws -> TopologyEngine.Outcome {
        let id = topology.id
        do {
            let outcome = try await queue.run(id) {
                let octets = try await fetcher.fetch(topology.url)
                let options = TopologyParseOptions(time: NetworkTopology.now() / 1_000_000, sizeLimit: settings.largestInput)
                let graph = try await TopologyWork.run { try topology.format.parse(octets, options: options) }
                return try await kernel.withConnection { [engine] in try engine.take(graph, for: id, over: $0) }
            }
            guard let outcome else { throw Problem.notFound }
            return outcome
        } catch {
            guard let text = Self.reason(error) else { throw error }
            kernel.logger.notice("topology: no update", metadata: ["topology": "\(id)", "reason": "\(text)"])
            try await kernel.withConnection { try TopologyStore($0).noteFailure(id, text) }
            throw Problem(.badRequest, Message("No update: {text}", ["text": text]))
        }
    }

    /// What is wrong with the source; nil for what is wrong here.
    private static func reason(_ error: any Error) -> String? {
        switch error {
        case let failure as FetchFailure: "TopologyRetrievalError: \(failure)"
        case let failure as TopologyFormatError: "\(failure.kind.rawValue): \(failure)"
        default: nil
        }
    }
}
