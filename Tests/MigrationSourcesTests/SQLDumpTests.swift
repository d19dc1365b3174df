import Foundation
import Testing

@testable import MigrationSources

/// Dumps of every engine are read alike.
@Suite struct SQLDumpTests {
    private func rows(_ text: String, _ wanted: Set<String> = ["radcheck"]) throws -> [[String: String?]] {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("dump-\(UUID().uuidString).sql")
        try Data(text.utf8).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        var rows: [[String: String?]] = []
        try SQLDump(path: url.path, beginning: Array(text.utf8.prefix(65_536))).read({ wanted.contains($0) }) { record in
            rows.append(Dictionary(zip(record.columns.names, record.values), uniquingKeysWith: { first, _ in first }))
        } _: { _ in
        }
        return rows
    }

    @Test func readsCopy() throws {
        let text = """
            -- PostgreSQL database dump
            \\restrict abc
            SET standard_conforming_strings = on;
            CREATE FUNCTION public.f() RETURNS void LANGUAGE plpgsql AS $_$ BEGIN COPY x; END; $_$;
            CREATE TABLE public.radcheck (id integer NOT NULL, username text DEFAULT ''::text, value text);
            COPY public.other (id) FROM stdin;
            1
            \\.
            COPY public.radcheck (id, username, value) FROM stdin;
            1\tbob\ta\\tb\\\\c\\nd
            2\t\\N\t
            3\tcafé;'x'\t\\\\N
            \\.
            SELECT pg_catalog.setval('public.radcheck_id_seq', 3, true);
            COPY public.radcheck (username, id) FROM stdin;
            late\t4
            \\.

            """
        let rows = try rows(text)
        #expect(rows.count == 4)
        #expect(rows[0] == ["id": "1", "username": "bob", "value": "a\tb\\c\nd"])
        #expect(rows[1] == ["id": "2", "username": String?.none, "value": ""])
        #expect(rows[2] == ["id": "3", "username": "café;'x'", "value": "\\N"])
        #expect(rows[3] == ["id": "4", "username": "late"])
    }

    @Test func readsInsertsOfPostgres() throws {
        let text = """
            CREATE TABLE IF NOT EXISTS public.radcheck (
                id integer NOT NULL,
                "UserName" text,
                CONSTRAINT c CHECK ((id > 0)),
                value text
            );
            INSERT INTO public.radcheck VALUES (1, 'it''s', 'back\\slash'), (-2, E'tab\\there', NULL);
            INSERT INTO public."radcheck" ("UserName", id) VALUES ('x', 3) ON CONFLICT DO NOTHING;
            INSERT INTO public.other VALUES ('); INSERT INTO radcheck VALUES (9)');
            """
        let rows = try rows(text)
        #expect(rows.count == 3)
        #expect(rows[0] == ["id": "1", "username": "it's", "value": "back\\slash"])
        #expect(rows[1] == ["id": "-2", "username": "tab\there", "value": String?.none])
        #expect(rows[2] == ["id": "3", "username": "x"])
    }

    @Test func readsMySQL() throws {
        let text = """
            -- MySQL dump 10.13  Distrib 8.0.36
            /*!40101 SET NAMES utf8mb4 */;
            CREATE TABLE `radcheck` (
              `id` int unsigned NOT NULL AUTO_INCREMENT,
              `username` varchar(64) NOT NULL DEFAULT '' COMMENT 'a, (b); c',
              `flag` bit(1) DEFAULT b'0',
              `value` varchar(253) NOT NULL DEFAULT '',
              PRIMARY KEY (`id`),
              KEY `username` (`username`(32))
            ) ENGINE=InnoDB;
            DELIMITER ;;
            /*!50003 CREATE TRIGGER x BEFORE INSERT ON radcheck FOR EACH ROW BEGIN SET NEW.value = ';'; END */;;
            DELIMITER ;
            LOCK TABLES `radcheck` WRITE;
            INSERT INTO `radcheck` VALUES (1,'O\\'Brien',b'1','a\\\\b\\nc'),(2,_binary 'x;y',NULL,'it''s');
            REPLACE INTO radius.radcheck (value, id) VALUES (0x4142, 3);
            # a comment; INSERT INTO radcheck VALUES (7)
            """
        let rows = try rows(text)
        #expect(rows.count == 3)
        #expect(rows[0] == ["id": "1", "username": "O'Brien", "flag": "1", "value": "a\\b\nc"])
        #expect(rows[1] == ["id": "2", "username": "x;y", "flag": String?.none, "value": "it's"])
        #expect(rows[2] == ["id": "3", "value": "AB"])
    }

    @Test func readsSQLite() throws {
        let text = """
            PRAGMA foreign_keys=OFF;
            BEGIN TRANSACTION;
            CREATE TABLE radcheck(id INTEGER PRIMARY KEY AUTOINCREMENT, username varchar(64), value varchar(253));
            INSERT INTO radcheck VALUES(1,'bob',replace('a\\nb','\\n',char(10)));
            INSERT INTO radcheck VALUES(2,X'c3a9',unistr('caf\\u00e9'));
            INSERT INTO radcheck VALUES(3,1.5e+300,NULL);
            COMMIT;
            """
        let rows = try rows(text)
        #expect(rows[0]["value"] == "a\nb")
        #expect(rows[1] == ["id": "2", "username": "é", "value": "café"])
        #expect(rows[2] == ["id": "3", "username": "1.5e+300", "value": String?.none])
    }

    @Test func refusesWhatBreaksOff() throws {
        #expect(throws: SourceError.self) { _ = try rows("CREATE TABLE radcheck (id int); INSERT INTO radcheck VALUES (1, 'abc") }
        #expect(throws: SourceError.self) { _ = try rows("INSERT INTO radcheck VALUES (1)") }
    }

    @Test func takesOctetsThatAreNoUTF8ForLatin1() {
        #expect(SourceText.decode([0x63, 0xe9][...]) == "cé")
    }
}
