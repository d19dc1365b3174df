import Database
import TestSupport
import Testing

@testable import Messaging

@Suite struct MessageLimitTests {
    private func message(_ connection: any DatabaseConnection, of organization: String?) throws -> LeasedMessage {
        try MessageOutbox(connection, now: 1).append(
            OutgoingMessage(channel: .sms, recipient: "+393331234567", text: "x", organizationID: organization, kind: .smsCode))
        return try #require(try MessageQueueStore(connection).lease(.sms, now: 1, until: 100, limit: 1).first)
    }

    @Test(arguments: Engine.available) func `an organization's limit is its own, the limit of all is everybody's`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let store = MessageLimitStore(connection)
            var limits = SMSLimits()
            limits.daily = 3
            limits.dailyPerOrganization = 2
            let reserve = { (organization: String?) in try store.reserve(message(connection, of: organization), day: 7, limits: limits) }
            #expect(try reserve("a"))
            #expect(try store.allows(organizationID: "a", day: 7, limits: limits))
            #expect(try reserve("a"))
            #expect(try !store.allows(organizationID: "a", day: 7, limits: limits))
            #expect(try store.allows(organizationID: "b", day: 7, limits: limits))
            #expect(try !reserve("a"))
            // What was refused counts nowhere.
            #expect(try reserve("b"))
            #expect(try !reserve("b"))
            #expect(try !reserve(nil))
            #expect(try !store.allows(organizationID: nil, day: 7, limits: limits))
            #expect(try store.allows(organizationID: nil, day: 8, limits: limits))
        }
    }

    @Test(arguments: Engine.available) func `a message counts once, and not at all when it is not sent`(_ engine: Engine) throws {
        try TestDatabase.migrated(engine) { (connection) throws in
            let store = MessageLimitStore(connection)
            var limits = SMSLimits()
            limits.daily = 1
            let first = try message(connection, of: "a")
            #expect(try store.reserve(first, day: 7, limits: limits))
            let again = try #require(try MessageQueueStore(connection).lease(.sms, now: 200, until: 300, limit: 1).first)
            #expect(again.countedDay == 7)
            #expect(try store.reserve(again, day: 7, limits: limits))
            #expect(try !store.reserve(message(connection, of: "b"), day: 7, limits: limits))
            try store.release(again, day: 7)
            #expect(try store.reserve(message(connection, of: "b"), day: 7, limits: limits))
            try store.prune(before: 8)
            #expect(try connection.table("SELECT count(*) FROM radian_message_quota") == [["0"]])
        }
    }

    @Test(arguments: [
        ("+393331234567", [], true), ("+393331234567", ["+39"], true), ("+393331234567", ["+44", "+39"], true),
        ("+443331234567", ["+39"], false), ("+393331234567", [""], false),
    ]) func `prefixes`(_ number: String, _ prefixes: [String], _ isAllowed: Bool) {
        #expect(PhoneNumber.isAllowed(number, prefixes: prefixes) == isAllowed)
    }

    @Test func `the longest prefix makes the price`() {
        let prices = MessagePrices(["": 90_000, "+39": 45_000, "+3933": 40_000])
        #expect(prices.price(of: "+393331234567") == ("+3933", 40_000))
        #expect(prices.price(of: "+393201234567") == ("+39", 45_000))
        #expect(prices.price(of: "+4915112345678") == ("", 90_000))
        #expect(MessagePrices().price(of: "+39") == ("", 0))
    }
}
