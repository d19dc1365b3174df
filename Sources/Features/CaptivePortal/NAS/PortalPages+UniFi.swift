import Accounts
import Foundation
import HTTPTypes
import OrganizationSettings
import Registration
import WebRouting

extension PortalPages {
    /// UniFi controllers send browsers to a path of their own, whichever address is set: the site in it tells the organization.
    var uniFiRoute: Route {
        Route(.get, "/guest/s/:site/", "Show the login page to whoever a UniFi controller sends") { request in
            guard let slug = organization(ofSite: request.parameter("site")) else { throw Problem.notFound }
            var request = request
            request.parameters["slug"] = slug
            request.query.append(WebRequest.QueryItem("site", request.parameter("site")))
            return try await answer(request) { visit in try await enter(&visit, visit.request.query) }
        }
    }

    /// The organization whose controller has the site; without such a one the only one whose controller names none.
    private func organization(ofSite site: String) -> String? {
        var named: [String] = []
        var unnamed: [String] = []
        for context in registration.directory.all {
            guard let json = context.settings.portal.controller,
                let members = try? JSONDecoder().decode([String: String].self, from: Data(json.utf8))
            else { continue }
            if members["site"] == site { named.append(context.organization.slug) }
            if members["site"] == nil { unnamed.append(context.organization.slug) }
        }
        let found = named.isEmpty ? unnamed : named
        return found.count == 1 ? found[0] : nil
    }
}
