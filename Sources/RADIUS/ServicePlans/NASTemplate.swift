/// What one kind of NAS understands.
struct NASTemplate: Sendable {
    /// `nas.type` as operators write it, lower case; the first is the canonical one.
    let names: [String]
    let attributes: [AttributeTemplate]
    /// What to tell about a term for which there is no attribute.
    var hints: [PlanTerm: String] = [:]
    /// Nil: takes CoA. Otherwise why not.
    var refusesChanges: String?

    init(
        _ names: String..., attributes: [[AttributeTemplate]] = [], hints: [PlanTerm: String] = [:], refusesChanges: String? = nil
    ) {
        self.names = names
        self.attributes = attributes.flatMap { $0 }
        self.hints = hints
        self.refusesChanges = refusesChanges
    }
}

/// Kinds of NAS by the names in `nas.type`.
public enum NASType {
    /// The name under which a kind of NAS is known here: `routeros` is `mikrotik`. Nil for a type nobody described.
    public static func canonicalName(_ type: String) -> String? { template(type)?.names.first }

    /// All names with a description of their own, canonical ones first within their kind.
    public static var all: [[String]] { NASTemplate.all.map(\.names) }

    static func template(_ type: String) -> NASTemplate? { byName[type.lowercased()] }

    private static let byName = Dictionary(
        NASTemplate.all.flatMap { template in template.names.map { ($0, template) } }, uniquingKeysWith: { first, _ in first })
}
