public import RADIUSDictionary
public import RADIUSPipeline
public import ServerKernel

/// The operator's rules: read from the configuration and the database, applied by ``RADIUSPipeline/ApplyRules``.
public struct RulesModule: FeatureModule {
    public static let name = "Rules"
    public var jobs: [Job] {
        [
            Job("rules.refresh", every: kernel.refreshInterval) { [registry, kernel] in
                try await kernel.withConnection { connection in try registry.refresh(over: connection) }
            }
        ]
    }
    /// The rules as requests meet them.
    public let registry: RuleRegistry
    private let kernel: Kernel

    /// - Parameter configured: rules of the configuration file.
    public init(_ kernel: Kernel, configured: [Rule], dictionary: AttributeDictionary) {
        self.kernel = kernel
        registry = RuleRegistry(configured: configured, dictionary: dictionary, logger: kernel.logger)
    }
}
