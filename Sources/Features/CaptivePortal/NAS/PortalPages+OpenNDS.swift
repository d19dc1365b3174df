import Accounts
import CaptiveDialects
import HTTPTypes
import Localization
import Logging
import OrganizationSettings
import Registration
import ServerKernel
import WebRouting

extension PortalPages {
    /// Looks in between, and looks at most, while the gateway is waited for.
    private static let pause = Duration.milliseconds(500)
    private static let mostLooks = 30

    /// Keeps somebody for the gateway's next question, and waits until it has let that one in.
    func letIn(_ entry: OpenNDSPoll.Entry, _ visit: inout Visit) async throws -> Page {
        let (organizationID, now) = (visit.context.organization.id, registration.now())
        try await registration.kernel.withConnection {
            try OpenNDSStore($0, organizationID: organizationID).add(entry, at: now)
        }
        for _ in 0..<Self.mostLooks {
            try await Task.sleep(for: Self.pause)
            let isWaiting = try await registration.kernel.withConnection {
                try OpenNDSStore($0, organizationID: organizationID).isWaiting(entry)
            }
            if !isWaiting {
                visit.captive?.phase = .success
                return try await status(&visit)
            }
        }
        return message(
            "One moment", ["The network has not let you in yet. That may take a minute."], back: visit.base + "continue/",
            button: "Try again", acts: true)
    }

    /// Answers a gateway that asks who may go online.
    /// - Returns: nil for everything else.
    func gatewayAnswer(_ request: WebRequest) async throws -> WebResponse? {
        let values = request.values
        guard values.contains("auth_get"), let context = registration.directory.context(slug: request.parameter("slug")),
            CaptiveSettings(context.settings.portal).isPolled
        else { return nil }
        let fields = values.names.compactMap { name in values.text(name).map { CaptiveField(name, $0) } }
        guard let poll = OpenNDSPoll(CaptiveQuery(fields)) else { throw Problem(.badRequest, "The body cannot be read.") }
        let (organizationID, now, logger) = (context.organization.id, registration.now(), registration.kernel.logger)
        let text = try await registration.kernel.withConnection { connection in
            let store = OpenNDSStore(connection, organizationID: organizationID)
            switch poll {
            case .clear(let gateway):
                try store.clear(gateway)
                return OpenNDSPoll.reply([])
            case .view(let gateway): return OpenNDSPoll.reply(try store.entries(of: gateway, at: now))
            case .list(let gateway):
                let entries = try store.entries(of: gateway, at: now)
                try store.remove(entries.map(\.id), of: gateway)
                return OpenNDSPoll.reply(entries)
            case .acknowledged(let gateway, let ids):
                try store.remove(ids, of: gateway)
                return OpenNDSPoll.acknowledgement
            case .notice(let gateway, let text):
                logger.info("openNDS", metadata: ["gateway": "\(gateway)", "notice": "\(text)"])
                return OpenNDSPoll.acknowledgement
            }
        }
        return WebResponse(.ok, contentType: "text/plain; charset=utf-8", body: text)
    }
}
