/// What a back end beside the database says about a user.
public struct ExternalPolicy: Sendable {
    /// The back end's name, for traces.
    public var source: String
    /// Check and reply rows, as entries that are walked as groups are: the first that matches ends the walk unless it says Fall-Through = Yes.
    public var entries: [GroupPolicy]
    /// Names that LDAP-Group and rules compare.
    public var groups: [String]

    public init(source: String, entries: [GroupPolicy] = [], groups: [String] = []) {
        self.source = source
        self.entries = entries
        self.groups = groups
    }
}

/// The back end that knows the user.
public struct BackEndSelection: Sendable, Equatable {
    /// The back end's name.
    public var name: String
    /// By what the back end knows the user, such as a distinguished name; nil for the user's name.
    public var key: String?

    public init(name: String, key: String? = nil) {
        self.name = name
        self.key = key
    }
}
