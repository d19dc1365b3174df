/// The pages under `/api/v1/docs/`.
enum DocumentationPage {
    /// Swagger UI, without anything from another site.
    static let swagger = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Radian API</title><link rel="stylesheet" href="/api/v1/docs/assets/swagger-ui.css"></head>
        <body><div id="page"></div><noscript>This page needs JavaScript. The description itself is at
        <a href="/api/v1/docs.json">/api/v1/docs.json</a>.</noscript>
        <script src="/api/v1/docs/assets/swagger-ui-bundle.js"></script><script src="/api/v1/docs/assets/start.js"></script></body></html>

        """

    /// Starts Swagger UI; a file of its own, as the page runs no script within it.
    static let start = """
        SwaggerUIBundle({ url: "/api/v1/docs.json", dom_id: "#page", deepLinking: true, persistAuthorization: false });

        """

    /// The routes in a table, with no script.
    static func table(_ routes: [Route]) -> String {
        var html = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Radian API</title><style>
            body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1a1a1a;background:#fff}
            table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.3rem .6rem;text-align:left;vertical-align:top}
            @media(prefers-color-scheme:dark){body{color:#eee;background:#111}a{color:#8cf}}
            </style></head><body><h1>Radian API</h1>
            <p>OpenAPI 3.1: <a href="/api/v1/docs.json">JSON</a>, <a href="/api/v1/docs.yaml">YAML</a>.
            To try the API here, have Swagger UI installed: <code>make portal</code>.</p>

            """
        for section in RouteReference.sections(routes) {
            html += "<h2>\(escaped(section))</h2><table><thead><tr><th>Route</th><th>What</th><th>Who</th></tr></thead><tbody>\n"
            for route in routes where route.section == section {
                html += "<tr><td><code>\(escaped(route.signature))</code></td><td>\(escaped(route.summary))</td>"
                html += "<td>\(escaped(RouteReference.who(route.access)))</td></tr>\n"
            }
            html += "</tbody></table>\n"
        }
        return html + "</body></html>\n"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}
