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
        let modules = try AllModules(kernel, configuration, dictionary: try configuration.loadDictionary()).all
        return RouteReference.markdown(modules.flatMap(\.routes), sockets: modules.flatMap(\.sockets))
    }
}
