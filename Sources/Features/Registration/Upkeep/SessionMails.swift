import Accounts
import Database
import Foundation
import Localization
import Logging
import Messaging
import OrganizationSettings
import ServerKernel
import ServiceLifecycle
import Sessions

/// Writes to users whose session began, with a link that logs in once, where their organization has a login page.
struct SessionMails: Service {
    private let environment: RegistrationEnvironment
    private let begun: AsyncStream<String>

    /// - Parameter capacity: sessions that wait; the oldest are left out beyond, for a mail that comes late is of no use.
    init(_ environment: RegistrationEnvironment, capacity: Int = 1000) {
        self.environment = environment
        let (stream, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(capacity))
        begun = stream
        environment.kernel.events.subscribe(to: SessionStarted.self) { continuation.yield($0.uniqueID) }
    }

    func run() async throws {
        for await id in begun.cancelOnGracefulShutdown() {
            do {
                try await write(sessionID: id)
            } catch {
                environment.kernel.logger.warning("the mail about a session was not written: \(error)")
            }
        }
    }

    /// Writes the mail about one session into the outbox, if anybody is to get it.
    func write(sessionID: String) async throws {
        let seconds = environment.settings.loginLinkSeconds
        try await environment.change { connection in
            guard let recipient = try SessionMailStore(connection).recipient(sessionID: sessionID),
                let context = environment.directory.context(id: recipient.organizationID), let page = context.settings.loginURL
            else { return }
            let token = try TicketStore(connection).make(purpose: .oneTimeLogin, userID: recipient.userID, lifetime: seconds)
            var message = try environment.messaging.composer.email(
                .newSession, to: recipient.email, in: recipient.language ?? .english, of: context.sender,
                [
                    "url": Self.link(page, name: environment.accounts.oneTimeTokenName, token), "name": recipient.name,
                    "username": recipient.username,
                ], over: connection)
            message.lifetimeSeconds = seconds
            try environment.queue(message, over: connection)
        }
    }

    /// The page's address with the token as one more parameter.
    static func link(_ page: String, name: String, _ token: String) -> String {
        guard var parts = URLComponents(string: page) else { return page }
        parts.queryItems = (parts.queryItems ?? []) + [URLQueryItem(name: name, value: token)]
        return parts.string ?? page
    }
}
