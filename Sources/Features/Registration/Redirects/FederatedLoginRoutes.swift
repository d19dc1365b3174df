import HTTPTypes
import Localization
import OrganizationSettings
import WebRouting

/// The addresses of social login and SAML, whose protocols this program does not speak: they answer as switched off.
struct FederatedLoginRoutes: Sendable {
    let directory: SettingsDirectory

    var all: [Route] { [social, samlLogin] + samlPaths.map { Self.refusal($0, $1) } }

    private var social: Route {
        Route(.get, "/radius/social-login/:slug/", "Come back from a social login") { [directory] request in
            guard let page = request.query("cp"), !page.isEmpty else {
                return Self.page(.badRequest, "The parameter cp is missing.", request)
            }
            _ = try directory.organization(of: request)
            return Self.page(.forbidden, "Social login is disabled.", request)
        }
    }

    /// `RelayState` is the login page's address with `?org=<slug>`.
    private var samlLogin: Route {
        Route(.get, "/radius/saml2/login/", "Log in by SAML") { [directory] request in
            let relay = request.query("RelayState") ?? ""
            let pairs = relay.split(separator: "?", maxSplits: 1).dropFirst().first?.split(separator: "&") ?? []
            let slug = pairs.first { $0.hasPrefix("org=") }.map { String($0.dropFirst(4)) } ?? request.query("org") ?? ""
            guard directory.context(slug: slug) != nil else {
                return Self.page(.ok, "The link does not say which organization to log in to.", request)
            }
            return Self.page(.forbidden, "Single sign-on is disabled.", request)
        }
    }

    private var samlPaths: [(HTTPRequest.Method, String)] {
        [(.post, "acs/"), (.get, "additional-info/"), (.get, "logout/"), (.get, "ls/"), (.post, "ls/post/"), (.get, "metadata/")]
    }

    private static func refusal(_ method: HTTPRequest.Method, _ path: String) -> Route {
        Route(method, "/radius/saml2/" + path, "Single sign-on, which is disabled") { request in
            page(.forbidden, "Single sign-on is disabled.", request)
        }
    }

    private static func page(_ status: HTTPResponse.Status, _ message: Message, _ request: WebRequest) -> WebResponse {
        WebResponse(status, contentType: "text/plain; charset=utf-8", body: message.text(in: request.language) + "\n")
    }
}
