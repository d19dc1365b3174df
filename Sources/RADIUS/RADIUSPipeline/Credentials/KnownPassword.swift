public import Digests
import Synchronization

/// One known-good password of the user and the row that holds it.
public final class KnownPassword: Sendable {
    public let row: PolicyRow
    public let stored: StoredPassword
    /// The row's value without quotes.
    let text: String
    private let computedNTSecret = AtomicLazyReference<NTSecret>()

    /// What MS-CHAPv2 needs, computed at the first call; nil for a form that it cannot be computed of.
    var ntSecret: NTSecret? {
        if let computed = computedNTSecret.load() { return computed }
        return stored.ntHash.map { computedNTSecret.storeIfNil(NTSecret($0)) }
    }

    init(row: PolicyRow, stored: StoredPassword, text: String) {
        self.row = row
        self.stored = stored
        self.text = text
    }

    /// Merges rows as ``AttributeMerge`` merges attributes: `:=` replaces the first password of the same kind that was there before.
    static func merge(_ new: [(KnownPassword, PolicyOperator)], into list: inout [KnownPassword]) {
        var free = Array(list.indices)
        for (password, op) in new {
            guard !list.isEmpty else {
                list.append(password)
                continue
            }
            let kind = password.row.attribute.lowercased()
            if op == .setIfAbsent, list.contains(where: { $0.row.attribute.lowercased() == kind }) { continue }
            if op != .append, let place = free.firstIndex(where: { list[$0].row.attribute.lowercased() == kind }) {
                list[free.remove(at: place)] = password
            } else {
                list.append(password)
            }
        }
    }
}
