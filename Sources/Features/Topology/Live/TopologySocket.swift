import HTTPTypes
import ServerKernel
import WebRouting

/// `/ws/network-topology/topology/<id>/`: each state of a topology from now on.
///
/// Nothing is sent at first; clients fetch the graph, and then get a message whenever it is another one. What they send is read and
/// forgotten.
struct TopologySocket: Sendable {
    let kernel: Kernel
    let hub: TopologyHub
    let authenticator: any Authenticator
    let settings: TopologySettings
    /// How often it is asked whether somebody may still watch.
    var checkInterval: Duration = .seconds(60)

    private static let credentials: [CredentialKind] = [.session, .bearer]
    /// The login is over, or the right is gone.
    private static let noLonger: UInt16 = 4001

    var route: WebSocketRoute {
        WebSocketRoute(
            "/ws/network-topology/topology/:id/", "Changes of a topology", access: .own, credentials: Self.credentials,
            accept: { request in
                let topology = try await admitted(request)
                // What the client fetches before or after this may be older; the number makes sure that nothing is lost in between.
                request.parameters["changes"] = String(topology.changes)
            },
            serve: { connection, request in try await serve(connection, request) })
    }

    /// - Throws: why somebody may not watch.
    private func admitted(_ request: WebRequest) async throws -> NetworkTopology {
        let id = try request.uuid("id")
        let principal = settings.readingNeedsLogin ? try await authenticator.principal(for: request, accepting: Self.credentials) : nil
        let found = try await kernel.withConnection { try TopologyStore($0).topology(id: id) }
        guard settings.readingNeedsLogin else {
            guard let found else { throw Problem.notFound }
            return found
        }
        guard let principal, principal.isActive, !principal.isPasswordExpired else { throw TopologyAccess.unknownCaller }
        if principal.isSuperuser {
            guard let found else { throw Problem.notFound }
            return found
        }
        // Whoever may not watch does not learn whether it is there; and the right to change is not the right to watch.
        guard let found, principal.permissions.contains("view_\(TopologyAccess.topology)"), principal.scope.contains(found.organizationID)
        else { throw Problem.forbidden }
        return found
    }

    func serve(_ connection: any WebSocketConnection, _ request: WebRequest) async throws {
        let id = try request.uuid("id")
        let (number, messages) = hub.join(id, knowing: Int64(request.parameter("changes")) ?? 0)
        defer { hub.leave(id, number) }
        // Between the look at the topology and this moment it may have changed.
        hub.changed(id)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await message in messages { try await connection.send(message) }
            }
            group.addTask {
                for await _ in connection.messages {}
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: checkInterval)
                    do {
                        _ = try await admitted(request)
                    } catch is Problem {
                        return await connection.close(Self.noLonger)
                    } catch {
                        // A database that is away says nothing about rights.
                        continue
                    }
                }
            }
            defer { group.cancelAll() }
            _ = try await group.next()
        }
    }
}
