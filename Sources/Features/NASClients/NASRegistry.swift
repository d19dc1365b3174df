public import Database
import Foundation
public import Logging
import NIOConcurrencyHelpers
public import RADIUSTransport

/// The NAS devices that the listeners know: those of the configuration and of the database, as one immutable table that is swapped whole.
///
/// A packet from an unknown address is a reason to refresh (``wakeUps()``), so that a device added a moment ago is served at its next
/// retransmission and not only after the refresh interval.
public final class NASRegistry: NASDirectory {
    private struct State {
        var table: NASTable
        var configured: [NASClient]
        var reportedProblems: Set<String> = []
        var learned: [Int64: (Requirement?, Requirement?)] = [:]
    }

    private let logger: Logger
    private let state: NIOLockedValueBox<State>
    private let wakeUp: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// - Parameter configured: devices of the configuration file; they win over rows with the same prefix.
    public init(configured: [NASClient], logger: Logger) {
        self.logger = logger
        state = NIOLockedValueBox(State(table: NASTable(configured), configured: configured))
        (wakeUp, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    public var table: NASTable {
        state.withLockedValue { $0.table }
    }

    public func unknownSource(_ address: IPAddress) {
        wake.yield()
    }

    /// The first packet counts. Rows keep what was learned; devices of the configuration know it until the program ends.
    ///
    /// The local host learns nothing: test tools with and without Message-Authenticator share its address, and nobody stands between.
    public func learned(_ client: NASClient, requireMessageAuthenticator: Requirement?, limitProxyState: Requirement?) {
        guard !IPPrefix.loopback.contains(where: { $0.contains(client.prefix.address) }) else { return }
        state.withLockedValue { state in
            guard let id = client.id else {
                for index in state.configured.indices where state.configured[index].name == client.name {
                    if state.configured[index].requireMessageAuthenticator == .auto {
                        state.configured[index].requireMessageAuthenticator = requireMessageAuthenticator ?? .auto
                    }
                    if state.configured[index].limitProxyState == .auto {
                        state.configured[index].limitProxyState = limitProxyState ?? .auto
                    }
                }
                return
            }
            let before = state.learned[id]
            state.learned[id] = (before?.0 ?? requireMessageAuthenticator, before?.1 ?? limitProxyState)
        }
        wake.yield()
    }

    /// One element for each reason to refresh; several at once are one.
    func wakeUps() -> AsyncStream<Void> { wakeUp }

    /// Writes what was learned and reads the rows again.
    public func refresh(over connection: any DatabaseConnection) throws(DatabaseError) {
        let learned = state.withLockedValue { state in
            defer { state.learned = [:] }
            return state.learned
        }
        let store = NASStore(connection)
        do {
            for (id, values) in learned {
                try store.learned(id: id, requireMessageAuthenticator: values.0, limitProxyState: values.1)
            }
        } catch {
            state.withLockedValue { $0.learned.merge(learned) { newer, older in (newer.0 ?? older.0, newer.1 ?? older.1) } }
            throw error
        }
        var problems: [String] = []
        let rows = try store.clients { problems.append($0) }
        let news = state.withLockedValue { state -> [String] in
            let taken = Set(state.configured.filter { !$0.isFoundByProof }.map(\.prefix))
            state.table = NASTable(state.configured + rows.filter { $0.isFoundByProof || !taken.contains($0.prefix) })
            let news = problems.filter { !state.reportedProblems.contains($0) }
            state.reportedProblems = Set(problems)
            return news
        }
        for problem in news { logger.warning("\(problem)") }
    }
}
