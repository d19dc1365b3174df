/// The members of a JSON object, in the order of their names: equal objects are written alike.
public struct Properties: Sendable, Equatable {
    /// A name and its value.
    public struct Property: Sendable, Equatable {
        public let name: String
        public var value: PropertyValue

        public init(_ name: String, _ value: PropertyValue) {
            self.name = name
            self.value = value
        }
    }

    /// By name; each name once.
    public private(set) var members: [Property]

    /// No properties.
    public init() { members = [] }

    /// - Parameter members: in any order; of two with one name the last counts.
    public init(_ members: [Property]) {
        if Self.isOrdered(members) {
            self.members = members
        } else {
            self.members = members.count <= Self.fewMembers ? Self.inserted(members) : Self.ordered(members)
        }
    }

    init(_ members: [(String, PropertyValue)]) {
        self.init(members.map { Property($0.0, $0.1) })
    }

    public var isEmpty: Bool { members.isEmpty }

    /// The value of a name; setting nil removes it.
    public subscript(name: String) -> PropertyValue? {
        get {
            // Most objects have few members, and whether texts are equal is found out faster than their order.
            if members.count <= Self.fewMembers { return members.first { $0.name == name }?.value }
            let index = position(of: name)
            return index < members.count && members[index].name == name ? members[index].value : nil
        }
        set {
            let index = position(of: name)
            let isThere = index < members.count && members[index].name == name
            switch (newValue, isThere) {
            case (let value?, true): members[index].value = value
            case (let value?, false): members.insert(Property(name, value), at: index)
            case (nil, true): members.remove(at: index)
            case (nil, false): break
            }
        }
    }

    /// Takes over the other's members; where both have one, the other's counts.
    public mutating func merge(_ other: Properties) {
        if members.isEmpty {
            members = other.members
        } else if !other.isEmpty {
            self = Properties(members + other.members)
        }
    }

    /// The first index whose name is not before this one.
    private func position(of name: String) -> Int {
        var low = 0
        var high = members.count
        while low < high {
            let middle = (low + high) / 2
            if members[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func isOrdered(_ members: [Property]) -> Bool {
        var index = 1
        while index < members.count {
            guard members[index - 1].name < members[index].name else { return false }
            index += 1
        }
        return true
    }

    /// As many as are put into their order one by one faster than by sorting.
    private static let fewMembers = 16

    private static func inserted(_ members: [Property]) -> [Property] {
        var result = Properties()
        result.members.reserveCapacity(members.count)
        for member in members { result[member.name] = member.value }
        return result.members
    }

    private static func ordered(_ members: [Property]) -> [Property] {
        // The index decides between equal names: sorting alone need not keep their order.
        let order = members.indices.sorted { left, right in
            members[left].name == members[right].name ? left < right : members[left].name < members[right].name
        }
        var result: [Property] = []
        result.reserveCapacity(members.count)
        for index in order {
            if result.last?.name == members[index].name { result.removeLast() }
            result.append(members[index])
        }
        return result
    }
}

extension Properties: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, PropertyValue)...) { self.init(elements) }
}
