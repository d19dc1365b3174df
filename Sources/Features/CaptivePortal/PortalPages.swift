import Accounts
import CaptiveDialects
import Database
import Digests
import HTTPTypes
import Localization
import Logging
import NIOConcurrencyHelpers
import OrganizationSettings
import Registration
import ServerKernel
import WebRouting

/// The login pages of all organizations: each POST does one thing by the services of the REST API, and answers with the page that is next.
struct PortalPages: Sendable {
    let environment: CaptivePortalEnvironment
    let writer: PageWriter
    let login: LoginService
    let phone: PhoneVerificationService
    let handOffs = RecentHandOffs()
    private let seal: PortalSeal
    private let posts = AttemptLimiter()

    /// Seconds for which a page's forms work.
    static let pageSeconds: Int64 = 7200
    private static let postRate = Throttle("login-pages", limit: 1200, per: 3600)

    init(_ environment: CaptivePortalEnvironment) {
        self.environment = environment
        writer = PageWriter(templates: environment.templates)
        login = LoginService(environment: environment.registration)
        phone = PhoneVerificationService(environment: environment.registration)
        seal = PortalSeal(environment.registration.kernel)
    }

    var registration: RegistrationEnvironment { environment.registration }

    /// Seconds since 1970 UTC.
    var epoch: Int64 { registration.now() / 1_000_000 }

    typealias Body = @Sendable (inout Visit) async throws -> Page

    func route(_ method: HTTPRequest.Method, _ path: String, _ summary: String, _ body: @escaping Body) -> Route {
        Route(method, "/login/:slug/" + path, summary, bodyLimit: 64 << 10) { request in try await answer(request, body) }
    }

    func answer(_ request: WebRequest, _ body: Body) async throws -> WebResponse {
        guard let context = registration.directory.context(slug: request.parameter("slug")) else { return unknown(request) }
        var visit = try await visit(request, context)
        var page: Page
        do {
            if request.head.method == .post {
                _ = try posts.begin([AttemptLimiter.Key(Self.postRate, request.clientAddress)])
            }
            page = try await body(&visit)
        } catch let problem as Problem {
            page = self.page(for: problem, visit)
        } catch let problem as CaptiveProblem {
            page = message("This did not work", [problem.words], back: visit.base)
            page.status = .badRequest
        } catch let error as DatabaseError {
            registration.kernel.logger.error(
                "\(request.head.method) \(request.path): \(error)", metadata: ["request": "\(request.requestID)"])
            page = message("This did not work", [RejectWords.fault], back: visit.base)
            page.status = .serviceUnavailable
        }
        return try await send(page, visit)
    }

    /// Opens what came along: the state of a form, or of the cookie where a page is only looked at. What a form does rests on its own state,
    /// which no other site can know.
    private func visit(_ request: WebRequest, _ context: OrganizationContext) async throws -> Visit {
        let key = try await seal.key()
        let (organizationID, now) = (context.organization.id, epoch)
        func open(_ text: String?) -> PortalState? {
            text.flatMap { PortalSeal.open($0, key: key, organizationID: organizationID, now: now) }
        }
        let cookie = open(PortalCookie.value(of: request))
        let field = request.values.nonEmptyText("state")
        let posted = open(field)
        // A page that stood open for long has forgotten who was logged in; which NAS it was for may still be known.
        var state = request.head.method == .post ? posted ?? PortalState(captive: cookie?.captive) : cookie ?? PortalState()
        let language = Visit.language(state.language ?? cookie?.language, request, context.settings.portal)
        if request.values.contains("lang") || request.query("lang") != nil { state.language = language }
        var visit = Visit(
            request: request, context: context, language: language, state: state, hasCookie: cookie != nil,
            isStale: field != nil && posted == nil)
        visit.captive = state.captive.flatMap {
            CaptiveRequest(token: $0, key: Self.captiveKey(key), time: now, maximumAge: PortalCookie.lifetime)
        }
        return visit
    }

    /// Draws a page, with the state in its forms and in a cookie.
    private func send(_ page: Page, _ visit: Visit) async throws -> WebResponse {
        let (key, now) = (try await seal.key(), epoch)
        var state = visit.state
        state.captive = visit.captive?.token(key: Self.captiveKey(key), time: now)
        state.address = visit.request.clientAddress
        let organizationID = visit.context.organization.id
        let sealed = PortalSeal.seal(state, key: key, organizationID: organizationID, seconds: Self.pageSeconds, now: now)
        var response = writer.response(page, visit, state: sealed)
        let isEmpty = state.token == nil && state.guest == nil && state.captive == nil && state.language == nil
        if !isEmpty || visit.hasCookie {
            let kept =
                isEmpty ? "" : PortalSeal.seal(state, key: key, organizationID: organizationID, seconds: PortalCookie.lifetime, now: now)
            response.headers[.setCookie] = PortalCookie.field(
                kept, path: visit.base, isSecure: visit.request.origin.hasPrefix("https:"))
        }
        return response
    }

    private static func captiveKey(_ key: [UInt8]) -> [UInt8] { HMACSHA256(key: key).authenticate(Array("captive request".utf8)) }

    private func unknown(_ request: WebRequest) -> WebResponse {
        let nowhere = OrganizationContext(
            organization: Organization(name: registration.accounts.siteName, slug: ""), settings: registration.directory.defaults)
        let visit = Visit(
            request: request, context: nowhere, language: Visit.language(nil, request, nowhere.settings.portal), state: PortalState(),
            hasCookie: false, isStale: false)
        var page = message("There is no such page", ["Check the address. If a device or a poster told it, tell the staff."], back: nil)
        page.status = .notFound
        return writer.response(page, visit, state: "")
    }

    /// The page for what a step cannot say on its own page.
    private func page(for problem: Problem, _ visit: Visit) -> Page {
        var page: Page
        if problem.status == .unauthorized {
            page = logInPage(visit, errors: PageErrors(alerts: ["Log in again."]))
        } else {
            let errors = PageErrors(problem)
            page = message(
                "This did not work", errors.alerts.isEmpty ? Array(errors.fields.values) : errors.alerts, back: visit.base)
        }
        page.status = problem.status
        return page
    }

    /// A page with a few sentences.
    /// - Parameters:
    ///   - back: where the button leads; nil for none.
    ///   - acts: the button does something, and does not only show a page.
    func message(_ title: Message, _ sentences: [Message], back: String?, button: Message = "Back", acts: Bool = false) -> Page {
        Page(
            template: "message", title: title,
            values: ["paragraphs": sentences, "back": back.orFalse, "backText": button, "isView": !acts], hasForm: back != nil)
    }
}

/// Whom a device was handed to its NAS as, for the reason when the NAS sends it back: captive browsers forget everything on the way.
final class RecentHandOffs: Sendable {
    private struct Entry {
        var username: String
        /// Seconds since 1970 UTC.
        var time: Int64
    }

    private let entries = NIOLockedValueBox<[String: Entry]>([:])
    private static let most = 10_000
    private static let lifetime: Int64 = 600

    /// - Parameter station: the device, in one spelling, and its organization.
    func remember(_ username: String, station: String, at time: Int64) {
        entries.withLockedValue { entries in
            if entries.count >= Self.most { entries = entries.filter { time - $0.value.time < Self.lifetime } }
            guard entries.count < Self.most || entries[station] != nil else { return }
            entries[station] = Entry(username: username, time: time)
        }
    }

    func username(station: String, at time: Int64) -> (name: String, time: Int64)? {
        entries.withLockedValue { entries in
            guard let entry = entries[station], time - entry.time < Self.lifetime else { return nil }
            return (entry.username, entry.time)
        }
    }
}
