/// The attributes, values and vendors a server knows; immutable once loaded.
public struct AttributeDictionary: Sendable {
    /// All copies share them: requests hand the dictionary on many times.
    private let tables: Tables

    private final class Tables: Sendable {
        let byName: [String: AttributeDefinition]
        let standard: [AttributeDefinition?]
        /// By private enterprise number and attribute number.
        let byVendor: [UInt64: AttributeDefinition]
        let byNumber: [AttributeKey: AttributeDefinition]
        let vendorsByName: [String: VendorDefinition]
        let vendorsByNumber: [UInt32: VendorDefinition]
        let statistics: DictionaryStatistics
        let warnings: [DictionaryError]

        init(
            byName: [String: AttributeDefinition], byNumber: [AttributeKey: AttributeDefinition],
            vendorsByName: [String: VendorDefinition], vendorsByNumber: [UInt32: VendorDefinition],
            statistics: DictionaryStatistics, warnings: [DictionaryError]
        ) {
            var standard = [AttributeDefinition?](repeating: nil, count: 256)
            var byVendor: [UInt64: AttributeDefinition] = [:]
            byVendor.reserveCapacity(byNumber.count)
            for (key, definition) in byNumber where key.path.count == 1 {
                switch key.space {
                case .standard: standard[Int(key.path[0])] = definition
                case .vendor(let number): byVendor[UInt64(number) << 32 | UInt64(key.path[0])] = definition
                default: break
                }
            }
            self.standard = standard
            self.byVendor = byVendor
            self.byName = byName
            self.byNumber = byNumber
            self.vendorsByName = vendorsByName
            self.vendorsByNumber = vendorsByNumber
            self.statistics = statistics
            self.warnings = warnings
        }
    }

    /// What was read.
    public var statistics: DictionaryStatistics { tables.statistics }
    /// What was loaded although FreeRADIUS might refuse it, with file and line.
    public var warnings: [DictionaryError] { tables.warnings }

    init(
        byName: [String: AttributeDefinition], byNumber: [AttributeKey: AttributeDefinition],
        vendorsByName: [String: VendorDefinition], vendorsByNumber: [UInt32: VendorDefinition],
        statistics: DictionaryStatistics, warnings: [DictionaryError]
    ) {
        tables = Tables(
            byName: byName, byNumber: byNumber, vendorsByName: vendorsByName, vendorsByNumber: vendorsByNumber, statistics: statistics,
            warnings: warnings)
    }

    /// Loads a dictionary and everything it includes.
    ///
    /// - Parameters:
    ///   - path: a file, or a folder holding a file `dictionary`.
    ///   - additional: more files, relative to the first one's folder. What they define replaces what was there:
    ///     a name may take another number, which is noted in ``warnings``.
    /// - Throws: the first mistake, with file and line.
    public static func load(_ path: String, additional: [String] = []) throws(DictionaryError) -> AttributeDictionary {
        var parser = DictionaryParser()
        let master = DictionaryFile.isFolder(path) ? path + "/dictionary" : path
        try parser.parse(file: master)
        parser.replacesDefinitions = true
        for file in additional {
            try parser.parse(file: file.hasPrefix("/") ? file : DictionaryFile.folderOf(master) + file)
        }
        return try parser.finish()
    }

    /// Reads one text that includes nothing.
    ///
    /// - Parameter name: stands for the file in errors.
    public init(source: String, name: String = "inline") throws(DictionaryError) {
        var parser = DictionaryParser()
        try parser.parse(Array(source.utf8), name: name)
        self = try parser.finish()
    }

    /// Every name's definition, in no order.
    public var attributes: some Collection<AttributeDefinition> { tables.byName.values }

    /// The attribute of a name, in any case; "Attr-4", "Attr-26.9.250" and "Attr-245.26.1.6" give octets.
    public func attribute(named name: some StringProtocol) -> AttributeDefinition? {
        let folded = foldName(name)
        if let known = tables.byName[folded] { return known }
        guard folded.hasPrefix("attr-") else { return nil }
        return unknownAttribute(oid: folded.dropFirst(5))
    }

    /// The attribute of a type of RFC 2865's space; with several names, the one loaded last.
    public func attribute(standard number: UInt8) -> AttributeDefinition? { tables.standard[Int(number)] }

    /// The sub-attribute of a vendor.
    public func attribute(vendor: UInt32, _ number: UInt32) -> AttributeDefinition? {
        tables.byVendor[UInt64(vendor) << 32 | UInt64(number)]
    }

    /// The extended attribute below 241...246 (RFC 6929).
    public func attribute(extended root: UInt8, _ number: UInt32) -> AttributeDefinition? {
        tables.byNumber[AttributeKey(space: .extended(root), path: [number])]
    }

    /// The vendor's attribute below an Extended-Vendor-Specific (RFC 6929 §2.4).
    public func attribute(extended root: UInt8, vendor: UInt32, _ number: UInt32) -> AttributeDefinition? {
        tables.byNumber[AttributeKey(space: .extendedVendor(root, vendor), path: [number])]
    }

    /// The vendor of a private enterprise number; with several names, the one loaded last.
    public func vendor(_ number: UInt32) -> VendorDefinition? { tables.vendorsByNumber[number] }

    /// The vendor of a name, in any case.
    public func vendor(named name: some StringProtocol) -> VendorDefinition? { tables.vendorsByName[foldName(name)] }
}
