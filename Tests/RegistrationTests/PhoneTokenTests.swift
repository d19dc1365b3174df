import Testing

@testable import Registration

/// The life of one code, by a clock of the test's.
@Suite struct PhoneTokenTests {
    private func token() -> PhoneToken {
        PhoneToken(
            id: "1", userID: "u", organizationID: "o", number: "+393664255801", codeHash: "right", validUntil: 1800 * 1_000_000,
            attempts: 0, isVerified: false, address: "192.0.2.1", created: 0)
    }

    @Test("the right code is right once")
    func right() {
        var token = token()
        #expect(token.check("right", limit: 5, at: 1) == .right)
        #expect(token.isVerified)
        #expect(token.check("right", limit: 5, at: 2) == .verifiedBefore)
        #expect(token.attempts == 1)
    }

    @Test("after five checks even the right code is refused")
    func attempts() {
        var token = token()
        for _ in 0..<5 { #expect(token.check("wrong", limit: 5, at: 1) == .wrong) }
        #expect(token.check("right", limit: 5, at: 1) == .tooManyAttempts)
        #expect(!token.isVerified)
        var other = self.token()
        for _ in 0..<4 { _ = other.check("wrong", limit: 5, at: 1) }
        #expect(other.check("right", limit: 5, at: 1) == .right)
    }

    @Test("too old comes after too often, and before right")
    func expiry() {
        var token = token()
        #expect(token.check("right", limit: 5, at: 1800 * 1_000_000) == .expired)
        token.attempts = 5
        #expect(token.check("right", limit: 5, at: 1800 * 1_000_000) == .tooManyAttempts)
        var fresh = self.token()
        #expect(fresh.check("right", limit: 5, at: 1800 * 1_000_000 - 1) == .right)
    }

    @Test(
        "the pause is told in whole seconds, the last one too",
        arguments: [(0, 30), (1, 30), (29_000_001, 1), (29_999_999, 1), (30_000_000, 0)])
    func cooldown(time: Int64, seconds: Int) {
        #expect(token().cooldown(30, at: time) == seconds)
    }

    @Test("codes are digits of the length asked for, zeros in front as well")
    func codes() {
        let codes = (0..<400).map { _ in PhoneCodes.make(length: 6) }
        #expect(codes.allSatisfy { $0.count == 6 && $0.allSatisfy(\.isNumber) })
        #expect(codes.contains { $0.hasPrefix("0") })
        #expect(Set(codes).count > 390)
    }
}
