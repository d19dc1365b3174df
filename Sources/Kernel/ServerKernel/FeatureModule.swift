public import Database
public import ServiceLifecycle
public import WebRouting

/// One feature of the program: a constructor call in `AllModules.swift`, nothing looked up by name at run time.
///
/// Constructors have no side effects. What a module contributes is collected and checked as a whole
/// (``ModuleSet/init(_:pipelineOrder:)``) before a socket opens; everything has an empty default.
public protocol FeatureModule: Sendable {
    /// The feature's name as its folder spells it, e.g. `Sessions`. Unique; also the key of its migrations.
    static var name: String { get }
    /// Append-only, numbered from 1 without gaps.
    static var migrations: [Migration] { get }
    /// HTTP routes; method and path together are unique over all modules.
    var routes: [Route] { get }
    /// WebSockets; paths are unique over all modules.
    var sockets: [WebSocketRoute] { get }
    /// What may be allowed on the module's objects; code names are unique over all modules. Routes rest only on these.
    var permissions: [Permission] { get }
    /// Periodic work; names are unique over all modules.
    var jobs: [Job] { get }
    /// Names of the pipeline stages that this module supplies; each stands exactly once in the pipeline's order.
    var stages: [String] { get }
    /// Long-running parts, started with the program and stopped with it.
    var services: [any Service] { get }
}

extension FeatureModule {
    public static var migrations: [Migration] { [] }
    public var routes: [Route] { [] }
    public var sockets: [WebSocketRoute] { [] }
    public var permissions: [Permission] { [] }
    public var jobs: [Job] { [] }
    public var stages: [String] { [] }
    public var services: [any Service] { [] }
}
