public import Registration

/// What login pages stand on.
public struct CaptivePortalEnvironment: Sendable {
    let registration: RegistrationEnvironment
    let templates: PortalTemplates
    let nas: CaptiveNAS
    let endSession: @Sendable (_ uniqueID: String, _ requestedBy: String) async throws -> Void

    /// - Parameters:
    ///   - registration: the services of the REST API, which pages share.
    ///   - nas: what is known of NAS devices, and the ways to them.
    ///   - endSession: asks a session's NAS to end it; returns once that is noted.
    public init(
        registration: RegistrationEnvironment, templates: PortalTemplates, nas: CaptiveNAS,
        endSession: @escaping @Sendable (_ uniqueID: String, _ requestedBy: String) async throws -> Void
    ) {
        self.registration = registration
        self.templates = templates
        self.nas = nas
        self.endSession = endSession
    }
}
