/// One attribute of the dictionary under one of its names.
public final class AttributeDefinition: Sendable, Hashable {
    /// As the dictionary spells it.
    public let name: String
    /// "4", "26.9.1", "241.5.1", "245.26.9.1".
    public let oid: String
    public let space: AttributeSpace
    /// Numbers inside the space, from the outside; more than one for children of TLVs.
    public let path: [UInt32]
    public let type: DataType
    public let flags: AttributeFlags
    /// What a container of type `tlv`, `struct`, `extended` holds, by number.
    public let children: [UInt32: AttributeDefinition]
    private let numbersByName: [String: UInt64]
    private let namesByNumber: [UInt64: String]

    init(
        name: String, key: AttributeKey, type: DataType, flags: AttributeFlags,
        children: [UInt32: AttributeDefinition] = [:], values: ValueTable = ValueTable()
    ) {
        self.name = name
        oid = key.oid
        space = key.space
        path = key.path
        self.type = type
        self.flags = flags
        self.children = children
        numbersByName = values.numbersByName
        namesByNumber = values.namesByNumber
    }

    /// An attribute no dictionary names: octets, called "Attr-" and its oid.
    ///
    /// - Parameter path: at least one number.
    public static func unknown(_ space: AttributeSpace, path: [UInt32]) -> AttributeDefinition {
        let key = AttributeKey(space: space, path: path)
        var flags = AttributeFlags()
        flags.isInternal = space == .internal
        return AttributeDefinition(name: "Attr-" + key.oid, key: key, type: .octets(length: nil), flags: flags)
    }

    /// The innermost number.
    public var number: UInt32 { path.last ?? 0 }

    /// Whether the dictionary names any value of the attribute.
    public var hasValues: Bool { !numbersByName.isEmpty }

    /// The named values by number; one name where several VALUEs give the same number.
    public var values: [(number: UInt64, name: String)] {
        namesByNumber.map { (number: $0.key, name: $0.value) }.sorted { $0.number < $1.number }
    }

    /// The number a VALUE gives to a name, in any case.
    public func value(named name: String) -> UInt64? {
        numbersByName.isEmpty ? nil : numbersByName[foldName(name)]
    }

    /// The name of a number; the last one where several VALUEs give the same number.
    public func valueName(_ number: UInt64) -> String? { namesByNumber[number] }

    public static func == (a: AttributeDefinition, b: AttributeDefinition) -> Bool {
        a === b || (a.oid == b.oid && a.name == b.name)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(oid)
        hasher.combine(name)
    }
}
