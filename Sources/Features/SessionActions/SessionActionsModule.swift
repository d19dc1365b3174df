public import Database
import Foundation
public import RADIUSDictionary
public import RADIUSTransport
public import ServerKernel
public import ServiceLifecycle
import Sessions
public import WebRouting

/// Acts on running sessions by Disconnect and CoA: for operators, for rules, for other features.
public struct SessionActionsModule: FeatureModule {
    public static let name = "SessionActions"
    public static var migrations: [Migration] { SessionActionsMigrations.all }
    public var services: [any Service] {
        [SessionActionRunner(actions: actions, inbox: inbox, settings: settings, logger: kernel.logger)]
    }
    public var routes: [Route] { SessionActionRoutes(actions: actions).all }
    public var jobs: [Job] {
        [Job("session-actions.prune", every: .seconds(3600)) { [actions] in try await actions.prune() }]
    }
    public var stages: [String] { [KnownSession.name, RecogniseAuthorizeOnly.name] }
    /// Queues orders.
    public let actions: SessionActions
    /// The last step for Disconnect- and CoA-Requests.
    public let knownSession: KnownSession
    /// Stands in front of everything that looks at the user of an Access-Request.
    public let recogniseAuthorizeOnly: RecogniseAuthorizeOnly
    private let inbox = SessionActionInbox()
    private let settings: DynamicAuthorizationSettings
    private let kernel: Kernel

    /// - Parameters:
    ///   - directory: the NAS devices.
    ///   - links: ways to them.
    ///   - planNamed: the terms of a plan; nil where there are none.
    ///   - plan: what a user is entitled to now; nil where there are no plans.
    public init(
        _ kernel: Kernel, directory: any NASDirectory, dictionary: AttributeDictionary, links: any DynamicAuthorizationLinks,
        settings: DynamicAuthorizationSettings, planNamed: SessionActions.PlanNamed? = nil, plan: SessionActions.PlanLookup? = nil
    ) {
        self.kernel = kernel
        self.settings = settings
        let control = SessionControl(dictionary: dictionary, links: links, timers: settings.timers, vlanTag: settings.vlanTag)
        actions = SessionActions(
            kernel, directory: directory, control: control, settings: settings, plan: plan, planNamed: planNamed,
            now: currentMicroseconds)
        knownSession = KnownSession(kernel.engine)
        recogniseAuthorizeOnly = RecogniseAuthorizeOnly(kernel.engine)
        kernel.events.subscribe(to: SessionActionRequested.self) { [inbox] in inbox.append($0) }
    }

    /// For the control socket: `session.act` takes an ``OperatorAction`` as JSON in `action` and prints an ``OperatorActionReport`` as JSON for
    /// each session; a line that is none says why nothing was done.
    public var controlCommands: [String: ControlCommand] {
        [
            "session.act": { [actions] options in
                AsyncStream { lines in
                    let work = Task {
                        defer { lines.finish() }
                        do {
                            let wanted = try JSONDecoder().decode(OperatorAction.self, from: Data((options["action"] ?? "").utf8))
                            try await actions.perform(wanted) { report in
                                if let line = try? JSONEncoder().encode(report) { lines.yield(String(decoding: line, as: UTF8.self)) }
                            }
                        } catch {
                            lines.yield("\(error)")
                        }
                    }
                    lines.onTermination = { _ in work.cancel() }
                }
            }
        ]
    }
}
