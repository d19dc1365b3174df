import Accounts
public import CaptiveDialects
import Foundation
import OrganizationSettings
import WebRouting

/// What login pages know of NAS devices, and the ways to them that are not the browser's.
public struct CaptiveNAS: Sendable {
    /// The type of an organization's NAS as in `nas.type`: of the one with an identifier or address, or the only type that there is.
    let type: @Sendable (_ organizationID: String, _ identifier: String?, _ address: String?) -> String?
    /// Talks to a controller.
    let call: @Sendable (CaptiveCalls) async throws -> CaptiveProblem?
    /// Sends a CoA-Request.
    let change: @Sendable (_ change: CaptiveChange, _ organizationID: String, _ requestedBy: String) async throws -> CaptiveProblem?

    /// - Parameters:
    ///   - type: `nil` as the answer leaves it to what arrives.
    ///   - call: what went wrong; nil once the client is online or offline as wanted.
    ///   - change: the same, of a NAS that is told by CoA.
    public init(
        type: @escaping @Sendable (_ organizationID: String, _ identifier: String?, _ address: String?) -> String?,
        call: @escaping @Sendable (CaptiveCalls) async throws -> CaptiveProblem? = ControllerCaller.call,
        change:
            @escaping @Sendable (_ change: CaptiveChange, _ organizationID: String, _ requestedBy: String) async throws ->
            CaptiveProblem? = { _, _, _ in .unsupported }
    ) {
        self.type = type
        self.call = call
        self.change = change
    }

    /// Reads what a NAS sent the browser with; nil for somebody who came by himself.
    func request(
        _ fields: [WebRequest.QueryItem], in context: OrganizationContext
    ) throws(CaptiveProblem) -> CaptiveRequest? {
        let query = CaptiveQuery(fields.map { CaptiveField($0.name, $0.value) })
        let settings = CaptiveSettings(context.settings.portal)
        let organizationID = context.organization.id
        let usual = type(organizationID, nil, nil)
        guard let request = try CaptiveDialect.read(query, nasType: usual, settings: settings) else { return nil }
        let special = type(organizationID, request.nasIdentifier, request.nasAddress)
        guard let special, special != usual, CaptiveDialect.detect(query, nasType: special) != request.dialect else { return request }
        return try CaptiveDialect.read(query, nasType: special, settings: settings)
    }
}

extension CaptiveSettings {
    /// From an organization's settings.
    init(_ portal: PortalSettings) {
        self.init()
        secret = portal.nasSecret ?? ""
        encoding = portal.nasEncoding == "chap" ? .chap : .pap
        channel = portal.nasChannel == "server" ? .server : .browser
        isPolled = channel == .server
        role = portal.nasRole
        trustedHosts = portal.trustedHosts
        guard let json = portal.controller,
            let members = try? JSONDecoder().decode([String: String].self, from: Data(json.utf8)),
            let base = members["url"].flatMap({ CaptiveURL($0) })
        else { return }
        var controller = CaptiveController(base: base)
        controller.username = members["username"] ?? ""
        controller.password = members["password"] ?? ""
        controller.key = members["key"] ?? ""
        controller.identifier = members["id"] ?? ""
        controller.site = members["site"]
        controller.interface = members["interface"].flatMap(CaptiveController.Interface.init(rawValue:)) ?? .standard
        self.controller = controller
    }
}
