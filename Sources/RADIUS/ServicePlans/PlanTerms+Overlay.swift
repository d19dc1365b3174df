extension PlanTerms {
    /// These terms with those of `other` in their place where it has some.
    public func overlaid(by other: PlanTerms) -> PlanTerms {
        var terms = self
        func take<T>(_ path: WritableKeyPath<PlanTerms, T?>) {
            if let value = other[keyPath: path] { terms[keyPath: path] = value }
        }
        take(\.downRate)
        take(\.upRate)
        take(\.downBurst)
        take(\.upBurst)
        take(\.downVolume)
        take(\.upVolume)
        take(\.totalVolume)
        take(\.sessionSeconds)
        take(\.idleSeconds)
        take(\.interimSeconds)
        take(\.vlan)
        take(\.role)
        take(\.acl)
        take(\.redirectURL)
        take(\.redirectACL)
        take(\.priority)
        // A burst of the terms below would outrun the rate above it.
        if other.downRate != nil, other.downBurst == nil { terms.downBurst = nil }
        if other.upRate != nil, other.upBurst == nil { terms.upBurst = nil }
        return terms
    }

    /// Lowers a volume of the terms to so many octets, or sets it.
    public mutating func limit(_ volume: WritableKeyPath<PlanTerms, UInt64?>, to octets: UInt64) {
        self[keyPath: volume] = min(self[keyPath: volume] ?? .max, octets)
    }
}
