import RADIUSTransport

/// Takes `@slug` off a name when the slug is an organization whose users may be asked here.
///
/// A NAS of one organization knows only its own slug; a shared NAS knows all. Any other realm stays part of the name,
/// since names are often mail addresses.
public struct OrganizationRealm: Stage {
    public let name = "Realm"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        guard let at = context.userName.utf8.lastIndex(of: UInt8(ascii: "@")) else { return adoptOuterRealm(&context) }
        // Realms compare without case (RFC 7542 §2.5).
        let slug = context.userName[context.userName.utf8.index(after: at)...].lowercased()
        guard !slug.isEmpty, let organization = context.settings.organizationID(slug) else { return .next }
        guard context.client.organizationID == nil || context.client.organizationID == organization else {
            context.note("realm \(slug) is another organization's than the NAS's; kept in the name")
            return .next
        }
        let name = String(context.userName[..<at])
        context.userName = name
        context.realm = slug
        context.organizationID = organization
        context.askedOrganizationID = organization
        context.note("organization \(slug), name \(name)")
        return .next
    }

    /// `anonymous@slug` outside of a tunnel says whose user it is when the name inside does not.
    private func adoptOuterRealm(_ context: inout RequestContext) -> StageResult {
        guard context.isEAP, let slug = context.outerRealm, let organization = context.settings.organizationID(slug),
            context.client.organizationID == nil || context.client.organizationID == organization
        else { return .next }
        context.realm = slug
        context.organizationID = organization
        context.askedOrganizationID = organization
        context.note("organization \(slug), from the name outside of the tunnel")
        return .next
    }
}
