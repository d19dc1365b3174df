public import Foundation

/// Where the console's files lie.
public struct ConsoleFolders: Sendable, Equatable {
    /// With `index.html`; nil where none is installed.
    public var console: URL?
    /// Files of others as `Portal/fetch-vendor` puts them; nil where there are none.
    public var vendor: URL?

    public init(console: URL?, vendor: URL?) {
        self.console = console
        self.vendor = vendor
    }
}
