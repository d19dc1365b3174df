import Database
import Foundation
import TestSupport
import Testing

/// The server against its own description, by tools of others: what it documents is what it answers, whatever it is asked.
@PeerThread
@Suite(.enabled(if: PythonTools.areInstalled, "schemathesis is missing; .ci/python-tools installs it"))
struct DescriptionTests {
    @Test func `the description is OpenAPI 3.1`() throws {
        try Site.with(.sqlite) { site in
            let server = try ServerUnderTest.start(site.database.url)
            _ = try HTTPClient.get("/health", port: server.httpPort)
            let json = try WebClient(origin: "http://127.0.0.1:\(server.httpPort)").get("/api/v1/docs.json")
            #expect(json.status == 200 && json.fields["content-type"] == "application/json")
            let file = server.directory.appending(path: "openapi.json")
            try json.body.write(to: file, atomically: true, encoding: .utf8)
            let (exit, output) = try ChildProcess.run(PythonTools.path("openapi-spec-validator"), [file.path])
            #expect(exit == .code(0), "\(output)")
            #expect(try server.stop() == .code(0))
        }
    }

    @Test("schemathesis finds no answer that is not described", arguments: TestDatabase.Engine.available)
    func answers(engine: TestDatabase.Engine) throws {
        try Site.with(engine) { site in
            let server = try ServerUnderTest.start(
                site.database.url, ["RADIAN_DATABASE_REFRESH_INTERVAL": "0.2"], configuration: Self.configuration)
            let api = try CafeAPI(site, server)
            let subjects = try Subjects(site, server, api)
            let folder = try Surroundings.temporaryDirectory("schemathesis")
            defer { try? FileManager.default.removeItem(at: folder) }
            let configuration = folder.appending(path: "schemathesis.toml")
            try subjects.configuration.write(to: configuration, atomically: true, encoding: .utf8)
            // Users and FreeRADIUS first: the superuser leaves little as it was.
            for (credential, options) in [
                ("\(api.organizationID) \(api.token)", ["--include-path-regex", "/freeradius/", "--max-examples", "20"]),
                (subjects.memberToken, ["--include-tag", "Account", "--include-tag", "Sign in", "--max-examples", "10"]),
                (subjects.rootToken, ["--exclude-path-regex", "/freeradius/", "--max-examples", "4"]),
            ] {
                let (exit, output) = try ChildProcess.run(
                    PythonTools.path("st"),
                    [
                        "--config-file", configuration.path, "run", "http://127.0.0.1:\(server.httpPort)/api/v1/docs.json", "--header",
                        "Authorization: Bearer \(credential)", "--checks",
                        "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance", "--phases",
                        "examples,coverage,fuzzing", "--seed", "1", "--no-shrink", "--suppress-health-check", "all", "--no-color",
                        "--warnings", "off",
                    ] + options, directory: folder, seconds: 170)
                #expect(exit == .code(0), "\(options): \(Self.failures(output))")
                #expect(output.contains("Tested: "), "\(output.suffix(2000))")
                #expect(server.process.isRunning)
            }
            #expect(!server.log.contains(" error "), "\(server.log.suffix(4000))")
            #expect(try server.stop() == .code(0))
        }
    }

    /// Rates have tests of their own, and what is imported here is little.
    private static let configuration = """
        http:
          throttles: [others=none, users-auth=none]
        accounts:
          password_scheme: cleartext
        batches:
          maximum_users: 20
        messages:
          email: file
          file: messages
        sms_gateways:
          - name: paper
            type: file
            path: messages
        """

    private static func failures(_ output: String) -> String {
        let start = output.range(of: "FAILURES")?.lowerBound ?? output.startIndex
        return String(output[start...].prefix(20_000))
    }
}

/// What `.ci/python-tools` installs.
private enum PythonTools {
    static let areInstalled = WebClient.isInstalled && Surroundings.isInstalled(path("st"))

    static func path(_ name: String) -> String { Surroundings.project.appending(path: ".build/python/bin/\(name)").path }
}

/// What is there to be asked for.
private struct Subjects {
    let rootToken: String
    let memberToken: String
    /// Which objects stand in the paths.
    let configuration: String

    init(_ site: Site, _ server: ServerUnderTest, _ api: CafeAPI) throws {
        for name in ["root", "bob"] {
            try server.radian("user", "add", name, "--password", "vivid copper kettle", "--organization", "cafe")
        }
        try server.radian("user", "set", "root", "--superuser", "--staff")
        try server.radian("user", "set", "bob", "--email", "bob@example.org", "--phone", "+393664255801")
        try server.radian("organization", "settings", "cafe", "sms_verification=yes", "sms_sender=Cafe")
        func token(_ name: String) throws -> String {
            try server.radian("user", "token", name).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        (rootToken, memberToken) = (try token("root"), try token("bob"))
        func id(_ sql: String) throws -> String { try site.row(sql).first.flatMap { $0 } ?? "" }
        let (root, bob) = (
            try id("SELECT id FROM radian_user WHERE username = 'root'"), try id("SELECT id FROM radian_user WHERE username = 'bob'")
        )
        try Self.keep(site, "radian_user", root, "is_active = 1, is_superuser = 1, expires_at = NULL")
        try Self.keep(site, "radian_user", bob, "is_active = 1, is_superuser = 0, expires_at = NULL")
        try Self.keep(site, "radian_organization", api.organizationID, "is_active = 1, slug = 'cafe'")

        var web = WebClient(origin: "http://127.0.0.1:\(server.httpPort)")
        web.fields["Authorization"] = "Bearer \(rootToken)"
        func made(_ path: String, _ body: [String: Any]) throws -> String {
            let answer = try web.post(path, .json(body))
            guard let id = answer.object["id"] else { throw TimedOut(description: "\(path): \(answer.status) \(answer.body)") }
            return "\(id)"
        }
        let group = try made("/api/v1/radius/group/", ["name": "guests", "organization": api.organizationID])
        let assignment = try made("/api/v1/users/user/\(bob)/radius-group/", ["group": group])
        let email = try made("/api/v1/users/user/\(bob)/email/", ["email": "second@example.org"])
        let role = try made("/api/v1/users/group/", ["name": "Helpers", "permissions": []])
        let batch = try made(
            "/api/v1/radius/batch/",
            ["name": "vouchers", "strategy": "prefix", "prefix": "voucher", "number_of_users": 2, "organization_slug": "cafe"])
        let user = "/api/v1/users/user/{id}/"
        let organization = "/api/v1/users/organization/{id}/"
        var paths: [(path: String, values: [String: String])] = [
            (user + "email/{email}/", ["id": bob, "email": email]),
            (user + "radius-group/{assignment}/", ["id": bob, "assignment": assignment]),
            (organization + "user/{user}/", ["id": api.organizationID, "user": bob]), ("/api/v1/users/group/{id}/", ["id": role]),
            ("/api/v1/radius/group/{id}/", ["id": group]),
        ]
        for rest in ["", "password/", "email/", "radius-group/"] { paths.append((user + rest, ["id": bob])) }
        for rest in ["", "user/"] { paths.append((organization + rest, ["id": api.organizationID])) }
        for rest in ["", "progress/", "users/", "cancel/"] { paths.append(("/api/v1/radius/batch/{id}/" + rest, ["id": batch])) }
        for rest in ["pdf/", "csv/", "errors/"] {
            paths.append(("/api/v1/radius/organization/{slug}/batch/{id}/" + rest, ["slug": "cafe", "id": batch]))
        }
        for rest in Self.account { paths.append(("/api/v1/radius/organization/{slug}/account/" + rest, ["slug": "cafe"])) }
        configuration = paths.map { path, values in
            let parameters = values.map { "\($0.key) = \"\($0.value)\"" }.sorted().joined(separator: ", ")
            return "[[operations]]\ninclude-path = \"\(path)\"\nparameters = { \(parameters) }\n"
        }.joined(separator: "\n")
    }

    private static let account = [
        "", "token/", "token/validate/", "session/", "usage/", "registration-method/", "phone/token/", "phone/token/active/",
        "phone/verify/",
        "phone/change/", "password/change/", "password/reset/", "password/reset/confirm/",
    ]

    /// Lets nobody remove a row or change some of its columns, as a superuser may who asks for whatever comes to mind.
    private static func keep(_ site: Site, _ table: String, _ id: String, _ values: String) throws {
        let name = "kept_\(id.replacingOccurrences(of: "-", with: "_"))"
        switch site.connection.dialect {
        case .sqlite:
            try site.script(
                """
                CREATE TRIGGER \(name) AFTER UPDATE ON \(table) WHEN OLD.id = '\(id)'
                BEGIN UPDATE \(table) SET \(values) WHERE id = '\(id)'; END;
                CREATE TRIGGER \(name)_stays BEFORE DELETE ON \(table) WHEN OLD.id = '\(id)' BEGIN SELECT RAISE(IGNORE); END;
                """)
        case .postgres:
            let assignments = values.split(separator: ", ").map { "NEW.\($0.replacingOccurrences(of: " = ", with: " := "));" }
            try site.script(
                """
                CREATE FUNCTION \(name)() RETURNS trigger AS $body$ BEGIN
                    IF TG_OP = 'DELETE' THEN RETURN NULL; END IF;
                    \(assignments.joined(separator: " ")) RETURN NEW;
                END $body$ LANGUAGE plpgsql;
                CREATE TRIGGER \(name) BEFORE UPDATE OR DELETE ON \(table) FOR EACH ROW WHEN (OLD.id = '\(id)')
                    EXECUTE FUNCTION \(name)();
                """)
        }
    }
}
