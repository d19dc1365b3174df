import Foundation

/// The REST API of a running program, for the organization `cafe`.
struct CafeAPI {
    let server: ServerUnderTest
    let organizationID: String
    let token: String

    /// Makes the organization with its credentials; the local host may ask.
    init(_ site: Site, _ server: ServerUnderTest) throws {
        self.server = server
        try server.radian("organization", "add", "cafe")
        try server.radian("organization", "settings", "cafe", "freeradius_allowed_hosts=127.0.0.1")
        token = try server.radian("organization", "settings", "cafe", "--show-token").trimmingCharacters(in: .whitespacesAndNewlines)
        organizationID = try site.row("SELECT id FROM radian_organization WHERE slug = 'cafe'").first.flatMap { $0 } ?? ""
        // Running servers read settings every few seconds.
        try eventually("the API knows the organization") { try post("authorize", [:]).status == 400 }
    }

    /// Posts JSON.
    /// - Returns: the body's object; empty for an empty body.
    func post(_ route: String, _ fields: [String: String]) throws -> (status: Int, body: [String: Any]) {
        let data = try JSONSerialization.data(withJSONObject: fields)
        let (_, output) = try ChildProcess.run(
            "/usr/bin/curl",
            [
                "-s", "-m", "10", "-w", "\n%{http_code}", "-H", "Authorization: Bearer \(organizationID) \(token)", "-H",
                "Content-Type: application/json", "-d", String(decoding: data, as: UTF8.self),
                "http://127.0.0.1:\(server.httpPort)/api/v1/freeradius/\(route)/",
            ])
        let lines = output.split(separator: "\n", omittingEmptySubsequences: true)
        let text = lines.dropLast().joined(separator: "\n")
        let object = text.isEmpty ? nil : try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return (lines.last.flatMap { Int($0) } ?? 0, object ?? [:])
    }
}
