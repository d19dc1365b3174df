import Database
import Localization
import TestSupport
import Testing
import WebRouting

@testable import Messaging

@Suite struct MessageOutboxTests {
    private static let minute: Int64 = 60_000_000

    private func code(_ recipient: String = "+393331234567") -> OutgoingMessage {
        OutgoingMessage(
            channel: .sms, recipient: recipient, text: "Café verification code: 123456", organizationID: "o1", kind: .smsCode,
            language: .italian, sender: "Café", metadata: ["gateway": "two"])
    }

    @Test(arguments: Engine.available) func `a message comes out of the outbox as it was put in`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let id = try MessageOutbox(connection, now: 1000).append(code())
            let store = MessageQueueStore(connection)
            let message = try #require(try store.lease(.sms, now: 1000, until: 2000, limit: 10).first)
            #expect(
                message
                    == LeasedMessage(
                        id: id, channel: .sms, recipient: "+393331234567", text: "Café verification code: 123456", organizationID: "o1",
                        kind: "sms-code", sender: "Café", metadata: #"{"gateway":"two"}"#, attempt: 1, created: 1000,
                        expires: 1000 + 30 * Self.minute))
            #expect(try store.lease(.sms, now: 1999, until: 3000, limit: 10).isEmpty)
            #expect(try store.lease(.email, now: 5000, until: 6000, limit: 10).isEmpty)
        }
    }

    @Test(arguments: Engine.available) func `a rolled back cause sends nothing`(_ engine: Engine) throws {
        struct Undo: Error {}
        try TestDatabase.migrated(engine) { (connection) throws in
            _ = try? connection.transaction { () throws(DatabaseError) in
                _ = try? MessageOutbox(connection, now: 1).append(code())
                throw DatabaseError(.other, "undo")
            }
            #expect(try MessageQueueStore(connection).lease(.sms, now: 10, until: 20, limit: 1).isEmpty)
        }
    }

    @Test(arguments: Engine.available) func `nobody is written to who does not exist`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let outbox = MessageOutbox(connection)
            for number in ["", "393331234567", "+0123456789", "+39 333", "+39333123456789012", "+39333\r\n1234", "+٣٩٣٣٣١٢٣٤"] {
                #expect(throws: MessageError.invalidRecipient(.sms)) { try outbox.append(code(number)) }
            }
            for address in ["", "a", "a@", "@b", "a b@c.d", "a@b\r\nBcc: x@y", "a@b>", "\"a\"@b", "a@b..c", "a@-b", ".a@b", "a,b@c"] {
                #expect(throws: MessageError.invalidRecipient(.email)) {
                    try outbox.append(OutgoingMessage(channel: .email, recipient: address, text: "x", kind: .test))
                }
            }
            try outbox.append(OutgoingMessage(channel: .email, recipient: "Élodie.o'hara+x@exämple.org", text: "x", kind: .test))
            #expect(throws: MessageError.empty) {
                try outbox.append(OutgoingMessage(channel: .email, recipient: "a@b", text: "", kind: .test))
            }
            #expect(try connection.table("SELECT count(*) FROM radian_message") == [["1"]])
        }
    }

    @Test(arguments: Engine.available) func `urgent messages go first, and a U+0000 does no harm`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let outbox = MessageOutbox(connection, now: 1)
            for number in 1...3 {
                try outbox.append(OutgoingMessage(channel: .email, recipient: "a\(number)@b", text: "x\0y", kind: .credentials))
            }
            try MessageOutbox(connection, now: 2).append(
                OutgoingMessage(channel: .email, recipient: "z@b", text: "x", kind: .passwordReset))
            let leased = try MessageQueueStore(connection).lease(.email, now: 10, until: 20, limit: 2)
            #expect(leased.map(\.recipient).first == "z@b")
            #expect(leased.count == 2)
            #expect(leased.last?.text == "xy")
        }
    }

    @Test(arguments: Engine.available) func `a node that was too slow has no say`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            try MessageOutbox(connection, now: 1).append(code())
            let store = MessageQueueStore(connection)
            let slow = try #require(try store.lease(.sms, now: 10, until: 20, limit: 1).first)
            let fast = try #require(try store.lease(.sms, now: 20, until: 30, limit: 1).first)
            #expect(fast.attempt == 2)
            #expect(try !store.finish(slow, as: .failed, code: "x", now: 21))
            try store.postpone(slow, until: 99, code: "x", gateway: nil, now: 21)
            #expect(try store.markSent(fast, as: .sent, by: "g", providerID: "p", parts: 1, cost: 5, now: 22))
            #expect(try !store.markSent(slow, as: .sent, by: "h", providerID: "q", parts: 1, cost: 5, now: 23))
            let record = try #require(try MessageArchive(connection).message(id: fast.id))
            #expect(record.state == "sent")
            #expect(record.gateway == "g")
            #expect(record.providerID == "p")
            #expect(record.cost == 5)
            #expect(record.due == nil)
        }
    }

    @Test(arguments: Engine.available) func `secret texts are gone once they are sent or too late; others stay`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let store = MessageQueueStore(connection)
            let outbox = MessageOutbox(connection, now: 0)
            try outbox.append(code())
            let sent = try #require(try store.lease(.sms, now: 1, until: 2, limit: 1).first)
            try store.markSent(sent, as: .sent, by: "g", providerID: nil, parts: 1, cost: 0, now: 1)
            #expect(try connection.table("SELECT body, is_blanked FROM radian_message WHERE id = $1", [.text(sent.id)]) == [["", "1"]])

            try outbox.append(code())
            let failed = try #require(try store.lease(.sms, now: 1, until: 2, limit: 1).first)
            try store.finish(failed, as: .failed, code: "x", now: 1)
            let body = { try connection.table("SELECT body FROM radian_message WHERE id = $1", [.text(failed.id)]) }
            try store.prune(before: -1, now: 29 * Self.minute)
            #expect(try body() == [["Café verification code: 123456"]])
            try store.prune(before: -1, now: 31 * Self.minute)
            #expect(try body() == [[""]])
            #expect(try MessageArchive(connection).retry(id: failed.id) == false)

            try outbox.append(OutgoingMessage(channel: .email, recipient: "a@b", text: "plain", html: "<p>", kind: .batchFinished))
            let plain = try #require(try store.lease(.email, now: 1, until: 2, limit: 1).first)
            try store.markSent(plain, as: .sent, by: "g", providerID: nil, parts: 1, cost: 0, now: 1)
            #expect(try connection.table("SELECT body, html FROM radian_message WHERE id = $1", [.text(plain.id)]) == [["plain", "<p>"]])
        }
    }

    @Test(arguments: Engine.available) func `old messages are removed, unfinished ones stay`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let store = MessageQueueStore(connection)
            try MessageOutbox(connection, now: 100).append(code())
            let done = try #require(try store.lease(.sms, now: 100, until: 200, limit: 1).first)
            try store.markSent(done, as: .sent, by: "g", providerID: nil, parts: 1, cost: 0, now: 1)
            try MessageOutbox(connection, now: 100).append(code())
            try store.prune(before: 100, now: 100)
            #expect(try connection.table("SELECT count(*) FROM radian_message") == [["2"]])
            try store.prune(before: 101, now: 101)
            #expect(try connection.table("SELECT state FROM radian_message") == [["queued"]])
        }
    }

    @Test(arguments: Engine.available) func `operators see messages without their secrets, and try failed ones again`(_ engine: Engine)
        throws
    {
        try TestDatabase.migrated(engine) { (connection) throws in
            let archive = MessageArchive(connection)
            let store = MessageQueueStore(connection)
            try MessageOutbox(connection, now: 5).append(code())
            let message = try #require(try store.lease(.sms, now: 5, until: 6, limit: 1).first)
            #expect(try archive.message(id: message.id)?.text == "")
            #expect(try archive.retry(id: message.id, now: 6) == false)
            try store.finish(message, as: .failed, code: "no-gateway", now: 6)
            #expect(try archive.list(state: .failed).map(\.errorCode) == ["no-gateway"])
            #expect(try archive.list(state: .sent).isEmpty)
            #expect(try archive.list(organizationID: "o1", recipient: "+393331234567").count == 1)
            #expect(try archive.list(organizationID: "o2").isEmpty)
            #expect(try archive.retry(id: message.id, now: 70 * Self.minute))
            let again = try #require(try store.lease(.sms, now: 70 * Self.minute, until: 80 * Self.minute, limit: 1).first)
            #expect(again.expires == 100 * Self.minute)
            #expect(again.text == "Café verification code: 123456")
        }
    }

    @Test(arguments: Engine.available) func `two nodes never take the same message`(_ engine: Engine) async throws {
        try await TestDatabase.migrated(engine) { connection, database in
            for _ in 0..<40 { try MessageOutbox(connection, now: 1).append(code()) }
            let engine = database.engine
            let ids = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let own = try engine.connect(.general)
                        var ids: [String] = []
                        while true {
                            let leased = try own.transaction { () throws(DatabaseError) in
                                try MessageQueueStore(own).lease(.sms, now: 10, until: 1000, limit: 3)
                            }
                            if leased.isEmpty { return ids }
                            ids += leased.map(\.id)
                        }
                    }
                }
                var all: [String] = []
                for try await part in group { all += part }
                return all
            }
            #expect(ids.count == 40)
            #expect(Set(ids).count == 40)
        }
    }

    @Test(arguments: Engine.available) func `the outbox is read by its index`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            for _ in 0..<300 { try MessageOutbox(connection, now: 1).append(code()) }
            if engine == .postgres { try connection.script("UPDATE radian_message SET due = NULL; ANALYZE radian_message") }
            let plan = try connection.plan(of: MessageQueueStore.lease, parameters: 5).joined(separator: "\n")
            #expect(plan.contains("radian_message_due"), "\(plan)")
        }
    }
}
