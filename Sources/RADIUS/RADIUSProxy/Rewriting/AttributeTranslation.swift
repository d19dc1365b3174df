import RADIUSDictionary
import RADIUSWire

/// Passes attributes on from one packet to another: what is hidden is hidden anew, what is filtered is left out, all else keeps its octets
/// and its place.
struct AttributeTranslation: Sendable {
    let filter: AttributeFilter
    let dictionary: AttributeDictionary

    /// - Parameter encoder: with secret and vector of the packet to be made.
    /// - Returns: what was passed on, in clear.
    /// - Throws: when a hidden value does not fit its attribute.
    func append(_ group: AttributeGroup, to encoder: inout AttributeEncoder) throws(WireError) -> [Attribute] {
        guard !group.attributes.isEmpty else {
            let definition = dictionary.attribute(standard: group.type) ?? .unknown(.standard, path: [UInt32(group.type)])
            // Empty values are not sent (RFC 2865 §5); what is here continues NAS-Filter-Rule.
            if group.octets.count > 2, filter.passes(definition) { encoder.append(octets: group.octets) }
            return []
        }
        let passed = group.attributes.filter(filter.passes)
        guard group.isHidden || passed.count < group.attributes.count else {
            encoder.append(octets: group.octets)
            return passed
        }
        // A hidden value that could not be revealed is noise under another secret.
        let readable = passed.filter { attribute in
            if case .raw = attribute.value, attribute.definition.flags.encryption != .none { return false }
            return true
        }
        for attribute in readable { try encoder.append(attribute) }
        return readable
    }

    /// Appends what the filter adds.
    func appendAdditions(to encoder: inout AttributeEncoder) throws(WireError) -> [Attribute] {
        for attribute in filter.appended { try encoder.append(attribute) }
        return filter.appended
    }
}
