public import RADIUSDictionary
public import RADIUSWire

/// A plan in a NAS's own attributes.
public struct RenderedPlan: Sendable, Equatable {
    /// In the order of the packet.
    public var attributes: [Attribute] = []
    /// What this NAS cannot do of the plan, or does otherwise than asked; for operators.
    public var notes: [String] = []
}

/// Turns the neutral terms of a plan into the attributes that a kind of NAS understands, in the units it expects.
public struct PlanRenderer: Sendable {
    /// The packet that the attributes are for.
    public enum Purpose: Sendable {
        /// Access-Accept.
        case accept
        /// CoA-Request (RFC 5176 §2.2).
        case changeOfAuthorization
    }

    private let dictionary: AttributeDictionary
    private let vlanTag: UInt8?

    /// - Parameters:
    ///   - dictionary: has the vendors' attributes; what it lacks is noted and not sent.
    ///   - vlanTag: 1...31 groups the three Tunnel attributes of a VLAN (RFC 3580 §3.31); most switches take them without.
    public init(_ dictionary: AttributeDictionary, vlanTag: UInt8? = nil) {
        self.dictionary = dictionary
        self.vlanTag = vlanTag
    }

    /// - Parameter nasType: as `nas.type` has it, in any case; an unknown one gets the standard and WISPr attributes.
    public func attributes(_ terms: PlanTerms, for nasType: String, in purpose: Purpose) -> RenderedPlan {
        let template = NASType.template(nasType) ?? .unknown
        var plan = RenderedPlan()
        if purpose == .changeOfAuthorization, let reason = template.refusesChanges {
            plan.notes.append(reason)
            return plan
        }
        let terms = completed(terms)
        var served: Set<PlanTerm> = []
        for attribute in template.attributes {
            served.formUnion(render(attribute, terms, purpose, into: &plan).map(\.request))
        }
        var missing: [(hint: String, terms: [String])] = []
        for term in terms.requested where !served.contains(term) {
            let hint = template.hints[term].map { "; \($0)" } ?? ""
            if let index = missing.firstIndex(where: { $0.hint == hint }) {
                missing[index].terms.append(term.description)
            } else {
                missing.append((hint, [term.description]))
            }
        }
        for (hint, terms) in missing {
            plan.notes.append("\(nasType) has no attribute for: \(terms.joined(separator: ", "))\(hint)")
        }
        if purpose == .changeOfAuthorization, terms.vlan != nil {
            plan.notes.append("many NASes move a session to another VLAN only when it logs in again: disconnect it, or bounce its port")
        }
        return plan
    }

    /// Nought of a rate, a volume or a time stands for "no limit" nearly everywhere, so that the least there is takes its place.
    private func completed(_ terms: PlanTerms) -> PlanTerms {
        var terms = terms
        for path in [
            \PlanTerms.downRate, \.upRate, \.downBurst, \.upBurst, \.downVolume, \.upVolume, \.totalVolume,
        ] where terms[keyPath: path] == 0 {
            terms[keyPath: path] = 1
        }
        if terms.sessionSeconds == 0 { terms.sessionSeconds = 1 }
        // RFC 2869 §5.16 forbids less.
        terms.interimSeconds = terms.interimSeconds.map { max(60, $0) }
        return terms
    }

    /// - Returns: the terms served; none where the template does not apply.
    private func render(_ template: AttributeTemplate, _ terms: PlanTerms, _ purpose: Purpose, into plan: inout RenderedPlan) -> [PlanTerm]
    {
        switch template.value {
        case .number(let term, let unit):
            guard let number = terms.number(term) else { return [] }
            append(template, .unsigned(min(number.scaled(by: unit), UInt64(UInt32.max))), to: &plan)
            return [term]
        case .volume(let term, let unit, let gigawords, let limit):
            guard let octets = terms.number(term) else { return [] }
            let number = octets.scaled(by: unit)
            guard let gigawords else {
                if number > limit {
                    plan.notes.append(
                        "\(template.attribute) holds \(limit) at most: the \(term.description) has to be renewed before it is used up")
                }
                append(template, .unsigned(min(number, limit)), to: &plan)
                return [term]
            }
            append(template, .unsigned(number & 0xffff_ffff), to: &plan)
            // A change must also undo the gigawords that a larger limit set before.
            if number >> 32 > 0 || purpose == .changeOfAuthorization {
                append(AttributeTemplate(attribute: gigawords, value: template.value), .unsigned(number >> 32), to: &plan)
            }
            return [term]
        case .text(let templates):
            for text in templates {
                guard let value = text.render(terms) else { continue }
                append(template, .text(value), to: &plan)
                return text.terms
            }
            return []
        case .levels(let levels):
            guard let priority = terms.number(.priority), levels.indices.contains(Int(priority)) else { return [] }
            append(template, .unsigned(levels[Int(priority)]), to: &plan)
            return [.priority]
        case .constant(let number, let term):
            guard terms.text(term) != nil else { return [] }
            append(template, .unsigned(number), to: &plan)
            return [term]
        }
    }

    private func append(_ template: AttributeTemplate, _ value: AttributeValue, to plan: inout RenderedPlan) {
        guard let definition = dictionary.attribute(named: template.attribute) else {
            plan.notes.append("the dictionary has no \(template.attribute)")
            return
        }
        // A Vendor-Specific attribute has six octets less.
        if case .bytes(let octets) = value, octets.count > (definition.space == .standard ? 253 : 247) - (definition.flags.hasTag ? 1 : 0) {
            plan.notes.append("\(template.attribute) cannot hold \(octets.count) octets")
            return
        }
        plan.attributes.append(Attribute(definition, tag: definition.flags.hasTag ? template.tag ?? vlanTag : nil, value: value))
    }
}
