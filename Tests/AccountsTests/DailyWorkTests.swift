import Accounts
import Database
import Foundation
import NIOConcurrencyHelpers
import ServerKernel
import TestSupport
import Testing
import WebRouting
import WebTestSupport

@Suite struct DailyWorkTests {
    private func daily(_ installation: Installation) async throws {
        for job in installation.module.jobs where job.name == "accounts.daily" { try await job.run() }
    }

    @Test(arguments: Engine.available)
    func `accounts whose time is over become inactive, once, and proved addresses hear of it`(_ engine: Engine) async throws {
        try await Installation.with(engine) { installation in
            let now = Int64(Date().timeIntervalSince1970)
            let past = try await installation.add(User(username: "past", email: "past@example.org", expiresAt: now - 10))
            let future = try await installation.add(User(username: "future", expiresAt: now + 1000))
            let silent = try await installation.add(User(username: "silent", email: "silent@example.org", expiresAt: now - 10))
            try await installation.write {
                try $0.script("UPDATE radian_email_address SET is_verified = 0 WHERE email = 'silent@example.org'")
            }
            for _ in 0..<2 { try await daily(installation) }
            #expect(try await installation.user(past.id)?.isActive == false)
            #expect(try await installation.user(silent.id)?.isActive == false)
            #expect(try await installation.user(future.id)?.isActive == true)
            #expect(Set(installation.calls.withLockedValue { $0.deactivated }) == ["past", "silent"])
            #expect(
                installation.mail.withLockedValue { $0.map { "\($0.kind.rawValue) \($0.recipient)" } } == [
                    "account-deactivated past@example.org"
                ])
            #expect(
                try await installation.write { try $0.table("SELECT subject FROM radian_change ORDER BY subject") } == [
                    ["past"], ["silent"],
                ])
        }
    }

    @Test(arguments: Engine.available)
    func `what ends in seven days is told, once a day for all nodes`(_ engine: Engine) async throws {
        let settings = AccountsSettings.quick {
            $0.timeZone = .gmt
            $0.passwordExpirationDays = 30
            $0.staffPasswordExpirationDays = 60
        }
        try await Installation.with(engine, settings: settings) { installation in
            let now = Int64(Date().timeIntervalSince1970)
            let today = now / 86_400
            for (name, days) in [("six", 6), ("seven", 7), ("eight", 8)] as [(String, Int64)] {
                let end = settings.endOfDay(settings.day(now + days * 86_400)) ?? 0
                try await installation.add(User(username: name, email: name + "@example.org", expiresAt: end))
            }
            for (name, isStaff, updated) in [
                ("old", false, today - 23), ("older", false, today - 24), ("staff", true, today - 53), ("young", true, today - 23),
            ] as [(String, Bool, Int64)] {
                try await installation.add(User(username: name, email: name + "@example.org", isStaff: isStaff))
                try await installation.write {
                    try $0.script("UPDATE radian_user SET password_updated = \(updated) WHERE username = '\(name)'")
                }
            }
            for _ in 0..<2 { try await daily(installation) }
            let letters = installation.mail.withLockedValue { Set($0.map { "\($0.kind.rawValue) \($0.recipient)" }) }
            #expect(
                letters == [
                    "account-expiry seven@example.org", "password-expiry old@example.org", "password-expiry staff@example.org",
                ])
            #expect(installation.mail.withLockedValue { $0.count } == 3)
        }
    }
}
