import HTTPTypes

/// The routes as a text for people: `docs/api.md`.
public enum RouteReference {
    /// Markdown with a table of all routes by section, their access and throttle, and the fields of their forms.
    public static func markdown(_ routes: [Route], sockets: [WebSocketRoute] = []) -> String {
        var lines = [
            "# HTTP API", "",
            "Made from the routes by `make docs`; a test compares. The same as OpenAPI 3.1: `/api/v1/docs.json`, `/api/v1/docs.yaml`, to try:",
            "`/api/v1/docs/`. A slash at the end of a path may be left out. Bodies are JSON, `application/x-www-form-urlencoded` or",
            "`multipart/form-data`. Errors are `{\"detail\": text}` or `{field: [texts]}` in the language of `Accept-Language`.",
        ]
        for section in sections(routes) {
            lines += ["", "## \(section)", "", "| route | what | who | throttle |", "|---|---|---|---|"]
            let members = routes.filter { $0.section == section }
            for route in members {
                lines.append(
                    "| `\(route.method.rawValue) \(route.path)` | \(route.summary) | \(who(route.access)) | \(rate(route.throttle)) |")
            }
            for route in members {
                guard let form = route.form, !form.fields.isEmpty else { continue }
                lines += ["", "`\(route.method.rawValue) \(route.path)` takes", ""]
                lines += form.fields.map(line)
            }
        }
        if !sockets.isEmpty {
            lines += ["", "## WebSockets", "", "| path | what | who |", "|---|---|---|"]
            lines += sockets.map { "| `\($0.path)` | \($0.summary) | \(who($0.access)) |" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Sections in the order of their first route.
    static func sections(_ routes: [Route]) -> [String] {
        var names: [String] = []
        for route in routes where !route.section.isEmpty && !names.contains(route.section) { names.append(route.section) }
        return names
    }

    static func who(_ access: Access) -> String {
        switch access {
        case .anonymous: "everybody"
        case .optional: "everybody; callers may be known"
        case .user: "users"
        case .manager(let model): "managers with permission for \(model)"
        case .permission(let model): "users with permission for \(model)"
        case .staff(let model): "staff with permission for \(model)"
        case .superuser: "superusers"
        case .own: "holders of the organization's token"
        }
    }

    private static func rate(_ throttle: Throttle?) -> String {
        guard let throttle else { return "" }
        return "\(throttle.name)" + (throttle.limit.map { ": \($0) in \(throttle.seconds) s" } ?? "")
    }

    private static func line(_ field: Field) -> String {
        var notes = [kind(field.kind), field.isRequired ? "required" : "optional"]
        if field.allowsNull { notes.append("null allowed") }
        if let length = field.maximumLength { notes.append("at most \(length) characters") }
        if let minimum = field.minimum { notes.append("at least \(minimum)") }
        if let maximum = field.maximum { notes.append("at most \(maximum)") }
        return "- `\(field.name)` (\(notes.joined(separator: ", ")))" + (field.help.isEmpty ? "" : ": \(field.help)")
    }

    private static func kind(_ kind: Field.Kind) -> String {
        switch kind {
        case .text: "text"
        case .password: "password"
        case .email: "e-mail address"
        case .phone: "phone number"
        case .url: "URL"
        case .uuid: "UUID"
        case .integer: "whole number"
        case .number: "number"
        case .boolean: "truth value"
        case .date: "date"
        case .dateTime: "date and time"
        case .ipAddress: "IP address"
        case .choice(let choices): "one of " + choices.map { $0.isEmpty ? "empty" : "`\($0)`" }.joined(separator: ", ")
        case .json: "JSON"
        case .file: "file"
        }
    }
}
