import Database
import TestSupport
import Testing

@testable import Messaging

@Suite struct MessageReceiptTests {
    /// A message that a gateway has taken in two parts.
    private func sent(_ connection: any DatabaseConnection) throws -> String {
        try MessageOutbox(connection, now: 1).append(OutgoingMessage(channel: .sms, recipient: "+393331234567", text: "x", kind: .test))
        let message = try #require(try MessageQueueStore(connection).lease(.sms, now: 1, until: 100, limit: 1).first)
        try MessageQueueStore(connection).markSent(message, as: .sent, by: "g", providerID: "p1", parts: 2, cost: 0, now: 2)
        return message.id
    }

    private func state(_ connection: any DatabaseConnection, _ id: String) throws -> [String?] {
        let record = try #require(try MessageArchive(connection).message(id: id))
        return [record.state, record.errorCode]
    }

    @Test(arguments: Engine.available) func `a message is delivered when all of its parts are`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let store = MessageReceiptStore(connection)
            let id = try sent(connection)
            try store.expect(["p1", "p2"], of: id, at: "g", now: 2)
            #expect(try state(connection, id) == ["sent", nil])
            #expect(try store.receive(.delivered, providerID: "p1", at: "g", code: nil, now: 3))
            #expect(try state(connection, id) == ["sent", nil])
            #expect(try !store.receive(.delivered, providerID: "p2", at: "other", code: nil, now: 3))
            #expect(try state(connection, id) == ["sent", nil])
            #expect(try store.receive(.delivered, providerID: "p2", at: "g", code: nil, now: 3))
            #expect(try state(connection, id) == ["delivered", nil])
        }
    }

    @Test(arguments: Engine.available) func `one failed part fails the message, and the first word counts`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let store = MessageReceiptStore(connection)
            let id = try sent(connection)
            try store.expect(["p1", "p2"], of: id, at: "g", now: 2)
            try store.receive(.failed, providerID: "p2", at: "g", code: "UNDELIV 011", now: 3)
            #expect(try state(connection, id) == ["failed", "UNDELIV 011"])
            try store.receive(.delivered, providerID: "p2", at: "g", code: nil, now: 4)
            try store.receive(.delivered, providerID: "p1", at: "g", code: nil, now: 4)
            #expect(try state(connection, id) == ["failed", "UNDELIV 011"])
        }
    }

    @Test(arguments: Engine.available) func `a receipt that is faster than our own record counts`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let store = MessageReceiptStore(connection)
            #expect(try !store.receive(.delivered, providerID: "p1", at: "g", code: nil, now: 1))
            let id = try sent(connection)
            try store.expect(["p1"], of: id, at: "g", now: 2)
            #expect(try state(connection, id) == ["delivered", nil])
            try store.prune(before: 2)
            #expect(try connection.table("SELECT count(*) FROM radian_message_part") == [["0"]])
        }
    }

    @Test(arguments: Engine.available) func `nonsense is not stored`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let store = MessageReceiptStore(connection)
            for id in ["", "a\0b", String(repeating: "x", count: 256)] {
                #expect(try !store.receive(.delivered, providerID: id, at: "g", code: nil, now: 1))
            }
            #expect(try connection.table("SELECT count(*) FROM radian_message_part") == [["0"]])
            try store.receive(.failed, providerID: "p", at: "g", code: String(repeating: "é\n", count: 300), now: 1)
            #expect(try connection.table("SELECT length(error_code) FROM radian_message_part") == [["255"]])
        }
    }
}
