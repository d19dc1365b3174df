public import ServerKernel
public import WebRouting

/// The feature: serves the operator's console to browsers.
public struct ConsoleModule: FeatureModule {
    public static let name = "Console"

    private let pages: ConsoleRoutes

    /// Files are read when the first browser asks.
    /// - Parameter imageSources: servers whose pictures pages may show, such as map tiles: `https://tiles.example.org`.
    public init(_ folders: ConsoleFolders, imageSources: [String] = []) {
        pages = ConsoleRoutes(shelf: ConsoleShelf(folders), imageSources: imageSources)
    }

    public var routes: [Route] { pages.all }

    /// One of the pages that features show outside of the console: an HTML file of the console's folder.
    public func page(_ name: String, for request: WebRequest) async throws -> WebResponse { try await pages.page(request, name) }
}
