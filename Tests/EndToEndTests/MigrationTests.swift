import Database
import Foundation
import RADIUSClient
import TestSupport
import Testing

/// What another program had, taken over by the running program's commands, lets its users in as before.
@PeerThread
@Suite
struct MigrationTests {
    private static let token = "0123456789abcdef0123456789abcdef01234567"
    private static let cafe = "11111111-1111-4111-8111-111111111111"
    private static let alice = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"

    private static let openWISP = """
        -- PostgreSQL database dump
        COPY public.openwisp_users_organizationuser (id, is_admin, organization_id, user_id) FROM stdin;
        e2222222-2222-4222-8222-222222222222\tf\t\(cafe)\t\(alice)
        \\.
        COPY public.authtoken_token (key, created, user_id) FROM stdin;
        \(token)\t2026-01-01 00:00:00+00\t\(alice)
        \\.
        COPY public.openwisp_users_user (id, username, email, password, is_active, is_staff, is_superuser, date_joined) FROM stdin;
        \(alice)\talice\talice@example.org\tpbkdf2_sha256$1000$salt$vpz1tgLWXWwtRiKHPKun2aFo9yNYG61vSC386fX412s=\tt\tf\tf\t2025-12-01 10:00:00+00
        \\.
        COPY public.openwisp_users_organization (id, name, slug, is_active) FROM stdin;
        \(cafe)\tCafé\tcafe\tt
        \\.

        """

    private static let freeRADIUS = """
        -- MySQL dump 10.13
        CREATE TABLE `radcheck` (`id` int, `username` varchar(64), `attribute` varchar(64), `op` char(2), `value` varchar(253));
        INSERT INTO `radcheck` VALUES (1,'bob','Cleartext-Password',':=','it\\'s bob'),(2,'eve','MD5-Password',':=','5f4dcc3b5aa765d61d8327deb882cf99');
        CREATE TABLE `radusergroup` (`username` varchar(64), `groupname` varchar(64), `priority` int);
        INSERT INTO `radusergroup` VALUES ('bob','gold',1);
        CREATE TABLE `radgroupreply` (`id` int, `groupname` varchar(64), `attribute` varchar(64), `op` char(2), `value` varchar(253));
        INSERT INTO `radgroupreply` VALUES (1,'gold','Session-Timeout','=','900');

        """

    @Test("users log in by RADIUS and by the API with the passwords and tokens that they had", arguments: TestDatabase.Engine.available)
    func logins(engine: TestDatabase.Engine) throws {
        let directory = try Surroundings.temporaryDirectory("migration")
        defer { try? FileManager.default.removeItem(at: directory) }
        let openWISP = directory.appending(path: "openwisp.sql").path
        let freeRADIUS = directory.appending(path: "radius.sql").path
        try Self.openWISP.write(toFile: openWISP, atomically: true, encoding: .utf8)
        try Self.freeRADIUS.write(toFile: freeRADIUS, atomically: true, encoding: .utf8)
        try Site.with(engine) { site in
            let server = try ServerUnderTest.start(site.database.url)
            #expect(try server.radian("migrate-from", "openwisp", openWISP, "--dry-run").contains("dry run, nothing written"))
            #expect(try site.count("SELECT count(*) FROM radian_user") == 0)
            try server.radian("migrate-from", "openwisp", openWISP)
            try server.radian("migrate-from", "freeradius", freeRADIUS, "--organization", "cafe")

            let right = [
                PolicyCase("alice", password: "s3cret-of-alice"), PolicyCase("bob", password: "it's bob"),
                PolicyCase("bob", password: "it's bob", method: .chap), PolicyCase("bob", password: "it's bob", method: .mschapv2),
                PolicyCase("eve", password: "password"),
            ]
            for query in right {
                let answer = try ServerAnswer.ask(server.auth(), query)
                #expect(answer.code == "Access-Accept", "\(query.name)")
                #expect(answer.attributes["Session-Timeout"] == (query.name == "bob" ? ["900"] : nil))
            }
            for name in ["alice", "bob", "eve"] {
                #expect(try ServerAnswer.ask(server.auth(), PolicyCase(name, password: "wrong")).code == "Access-Reject")
            }

            // The login page and scripts keep their token.
            #expect(try login(server, "alice", "s3cret-of-alice") == "200 " + Self.token)
            #expect(try login(server, "alice", "wrong").hasPrefix("400"))
            #expect(try login(server, "bob", "it's bob").hasPrefix("200"))

            // A login made alice's hash stronger: nothing that a second run would undo.
            let again = try server.radian("migrate-from", "openwisp", openWISP, "--json")
            #expect(again.contains("\"refused\" : 0") && !again.contains("\"taken\" : 1"))
            #expect(try login(server, "alice", "s3cret-of-alice") == "200 " + Self.token)
            #expect(try server.stop() == .code(0))
        }
    }

    /// - Returns: status and token.
    private func login(_ server: ServerUnderTest, _ name: String, _ password: String) throws -> String {
        let (_, output) = try ChildProcess.run(
            "/usr/bin/curl",
            [
                "-s", "-m", "10", "-w", "\n%{http_code}", "--data-urlencode", "username=\(name)", "--data-urlencode",
                "password=\(password)", "http://127.0.0.1:\(server.httpPort)/api/v1/users/token/",
            ])
        let lines = output.split(separator: "\n")
        let body = lines.first.flatMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) } as? [String: Any]
        return "\(lines.last ?? "") \(body?["token"] as? String ?? "")"
    }
}
