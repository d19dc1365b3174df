public import ServerKernel
public import WebRouting

/// The feature: serves the operator's console to browsers.
public struct ConsoleModule: FeatureModule {
    public static let name = "Console"

    private let shelf: ConsoleShelf

    /// Files are read when the first browser asks.
    public init(_ folders: ConsoleFolders) {
        shelf = ConsoleShelf(folders)
    }

    public var routes: [Route] { ConsoleRoutes(shelf: shelf).all }
}
