import Database
public import WebRouting

/// The program's modules, checked as a whole.
public struct ModuleSet: Sendable {
    /// The modules in the order of their construction: a module stands after those it needs.
    public let modules: [any FeatureModule]

    /// Collects the modules' contributions and checks them.
    /// - Parameter pipelineOrder: names of all stages in the order of execution.
    /// - Throws: ``ModuleConflict`` that names everything that is wrong.
    public init(_ modules: [any FeatureModule], pipelineOrder: [String]) throws(ModuleConflict) {
        self.modules = modules
        var problems = Self.repeated(modules.map { type(of: $0).name }).map { "module \($0) is there twice" }
        for module in modules {
            let name = type(of: module).name
            for (index, migration) in type(of: module).migrations.enumerated()
            where migration.number != index + 1 || migration.feature != name {
                problems.append("migration \(migration.feature) \(migration.number) of module \(name) is out of order")
            }
            for stage in module.stages where pipelineOrder.filter({ $0 == stage }).count != 1 {
                problems.append("stage \(stage) of module \(name) must stand once in the pipeline's order")
            }
        }
        problems += Self.repeated(routes.map(\.signature)).map { "route \($0) is there twice" }
        problems += Self.repeated(sockets.map(\.path)).map { "WebSocket \($0) is there twice" }
        problems += Self.repeated(permissions.map(\.codeName)).map { "permission \($0) is there twice" }
        let models = Set(permissions.map(\.model))
        for (name, access) in routes.map({ ("route \($0.signature)", $0.access) }) + sockets.map({ ("WebSocket \($0.path)", $0.access) }) {
            if let model = access.model, !models.contains(model) {
                problems.append("\(name) rests on permissions for \(model), which nobody declares")
            }
        }
        problems += Self.repeated(jobs.map(\.name)).map { "job \($0) is there twice" }
        if !problems.isEmpty { throw ModuleConflict(problems: problems) }
    }

    /// Every module's routes.
    public var routes: [Route] { modules.flatMap(\.routes) }
    /// Every module's WebSockets.
    public var sockets: [WebSocketRoute] { modules.flatMap(\.sockets) }
    /// Every module's permissions.
    public var permissions: [Permission] { modules.flatMap(\.permissions) }
    /// Every module's jobs.
    public var jobs: [Job] { modules.flatMap(\.jobs) }

    private static func repeated(_ names: [String]) -> [String] {
        Dictionary(grouping: names) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
    }
}

/// Modules that contradict each other: a mistake in the program, found before anything starts.
public struct ModuleConflict: Error, Equatable, CustomStringConvertible {
    /// One sentence for each conflict.
    public let problems: [String]
    public var description: String { problems.joined(separator: "; ") }
}
