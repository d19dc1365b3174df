import RADIUSWire

/// Merges policy rows into a list, as FreeRADIUS does: every operator looks at the list as it was before the merge.
enum AttributeMerge {
    /// One row ready to be merged.
    struct Edit {
        var attribute: Attribute
        var op: PolicyOperator
        /// Nil when a stage wants it.
        var source: RowID?
    }

    static func merge(_ edits: [Edit], into list: inout [PolicyAttribute]) {
        if list.isEmpty, edits.allSatisfy({ $0.op == .set || $0.op == .append || $0.op == .setIfAbsent }) {
            list = edits.map { PolicyAttribute(attribute: $0.attribute, source: $0.source) }
            return
        }
        var present: [PolicyAttribute?] = list
        var isEdited = [Bool](repeating: false, count: list.count)
        var front: [PolicyAttribute] = []
        var back: [PolicyAttribute] = []

        for edit in edits {
            let new = PolicyAttribute(attribute: edit.attribute, source: edit.source)
            let instances = present.indices.filter { !isEdited[$0] && present[$0]?.attribute.definition == edit.attribute.definition }
            switch edit.op {
            case .append:
                back.append(new)
            case .prepend:
                front.append(new)
            case .set:
                if let first = instances.first {
                    present[first] = new
                    isEdited[first] = true
                } else {
                    back.append(new)
                }
            case .setIfAbsent:
                if instances.isEmpty { back.append(new) }
            case .isAbsent:
                for index in instances { present[index] = nil }
            case .subtract:
                for index in instances where isSame(present[index], edit) { present[index] = nil }
            case .equal:
                for index in instances where !isSame(present[index], edit) { present[index] = nil }
            case .lessOrEqual, .greaterOrEqual:
                clamp(edit, new, instances, &present, &isEdited, &back)
            case .notEqual, .less, .greater, .matches, .matchesNot, .isPresent:
                break
            }
        }
        list = front
        list.append(contentsOf: present.compactMap { $0 })
        list.append(contentsOf: back)
    }

    /// `<=` lowers and `>=` raises the first instance beyond the limit, or adds the limit where there is no instance.
    private static func clamp(
        _ edit: Edit, _ new: PolicyAttribute, _ instances: [Int], _ present: inout [PolicyAttribute?], _ isEdited: inout [Bool],
        _ back: inout [PolicyAttribute]
    ) {
        if instances.isEmpty { back.append(new) }
        for index in instances {
            guard let old = present[index], let order = ItemComparison.order(old.attribute.value, edit.attribute.value) else { continue }
            guard edit.op == .lessOrEqual ? order > 0 : order < 0 else { continue }
            present[index] = new
            isEdited[index] = true
            return
        }
    }

    private static func isSame(_ old: PolicyAttribute?, _ edit: Edit) -> Bool {
        guard let old else { return false }
        return old.attribute.value == edit.attribute.value && (edit.attribute.tag == nil || old.attribute.tag == edit.attribute.tag)
    }
}
