import RADIUSTransport

extension NASRegistry {
    /// The type of an organization's NAS (`nas.type`).
    /// - Parameters:
    ///   - identifier: NAS-Identifier, or the name of the client.
    ///   - address: of the NAS.
    /// - Returns: with neither, or where neither is known, the one type that all of the organization's NAS devices have; nil where they
    ///   differ.
    public func type(organizationID: String, identifier: String?, address: String?) -> String? {
        let clients = table.all.filter { ($0.organizationID ?? organizationID) == organizationID && $0.type != "other" }
        let named = identifier.flatMap { name in clients.first { $0.nasIdentifier == name || $0.name == name } }
        let placed = address.flatMap { IPAddress($0) }.flatMap { place in
            clients.first { $0.prefix.length > 0 && $0.prefix.contains(place) }
        }
        if let known = named ?? placed { return known.type }
        let types = Set(clients.map(\.type))
        return types.count == 1 ? types.first : nil
    }
}
