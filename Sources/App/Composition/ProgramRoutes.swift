import RADIUSTransport
import ServerKernel
import Logging
import WebRouting

/// What the program would serve, without serving it.
public enum ProgramRoutes {
    /// `docs/api.md`: all routes, who may use them, and their forms. The database is not opened.
    public static func reference(_ configuration: RadianConfiguration) throws -> String {
        let kernel = Kernel(
            engine: try configuration.makeEngine(), connections: 1, refreshInterval: configuration.refreshInterval,
            logger: Logger(label: "radian") { _ in SwiftLogNoOpLogHandler() })
        defer { kernel.stop() }
        let dictionary = try configuration.loadDictionary()
        let modules = try AllModules(kernel, configuration, dictionary: dictionary)
        // Their pipeline is never asked here.
        let freeRADIUS = modules.freeRADIUS(kernel, configuration, decider: PipelineDecider(capacity: 1))
        let rehearsal = PipelineRehearsal(dictionary)
        defer { rehearsal.stop() }
        let insight = modules.insight(kernel, feed: TraceHub(), rehearsal: rehearsal, counters: RADIUSCounters())
        let all: [any FeatureModule] = modules.all + [freeRADIUS, insight]
        return RouteReference.markdown(all.flatMap(\.routes), sockets: all.flatMap(\.sockets))
    }
}
