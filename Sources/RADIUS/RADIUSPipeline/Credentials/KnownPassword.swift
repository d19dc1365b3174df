public import Digests

/// One known-good password of the user and the row that holds it.
public struct KnownPassword: Sendable {
    public var row: PolicyRow
    public var stored: StoredPassword
    /// The row's value without quotes.
    var text: String

    /// Merges rows as ``AttributeMerge`` merges attributes: `:=` replaces the first password of the same kind that was there before.
    static func merge(_ new: [(KnownPassword, PolicyOperator)], into list: inout [KnownPassword]) {
        var free = Array(list.indices)
        for (password, op) in new {
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
