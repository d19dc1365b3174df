import CaptiveDialects
import Foundation
import HTTPTypes
import Localization
import RADIUSPipeline
import Testing
import WebRouting

@testable import CaptivePortal

@Suite struct WordsTests {
    private static let calendar = LocalCalendar(TimeZone(identifier: "Europe/Rome")!)
    /// 15 January 2027, 13:00 in Rome, a Friday.
    private static let now: Int64 = 1_800_014_400

    private func check(_ message: Message, _ about: String) {
        for language in Language.allCases {
            if language != .english { #expect(Translations.text(of: message.english, in: language) != nil, "\(about): \(message.english)") }
            let text = message.text(in: language)
            #expect(!text.isEmpty)
            #expect(!text.contains("{"), "\(about): \(text)")
            #expect(text.hasSuffix("."), "\(about): \(text)")
        }
    }

    @Test("each reason is told in each language, without codes and words of operators", arguments: RejectReason.allCases)
    func reasons(reason: RejectReason) {
        for language in Language.allCases {
            for limit in [nil, UsedUpLimit(value: 3600, isVolume: false, renewal: nil)] {
                let sentences = RejectWords.sentences(reason, limit: limit, at: Self.now, Self.calendar, in: language)
                #expect((1...2).contains(sentences.count))
                for sentence in sentences { check(sentence, reason.rawValue) }
                let text = sentences.map { $0.text(in: language) }.joined(separator: " ")
                for word in ["RADIUS", "NAS", "EAP", reason.rawValue, "Auth-Type", "null", "nil"] { #expect(!text.contains(word)) }
            }
        }
    }

    @Test("each problem of a NAS, too", arguments: CaptiveProblem.allCases)
    func problems(problem: CaptiveProblem) { check(problem.words, problem.rawValue) }

    @Test("the time of the renewal is the real one, in the site's zone")
    func renewal() {
        func text(_ reason: RejectReason, _ limit: UsedUpLimit? = nil, _ language: Language = .english) -> String {
            RejectWords.sentences(reason, limit: limit, at: Self.now, Self.calendar, in: language).map { $0.text(in: language) }
                .joined(separator: " ")
        }
        #expect(text(.quotaDailyTime) == "Your time for today is used up. You can go online again at 00:00.")
        let hour = UsedUpLimit(value: 3600, isVolume: false, renewal: Self.calendar.nextDayStart(Self.now))
        #expect(text(.quotaDailyTime, hour) == "Your time for today (1 h) is used up. You can go online again at 00:00.")
        #expect(
            text(.quotaWeeklyVolume) == "Your data volume for this week is used up. You can go online again on 17 January at 00:00.")
        let volume = UsedUpLimit(value: 1_500_000_000, isVolume: true, renewal: Self.now + 1800)
        #expect(text(.quotaVolume, volume) == "Your data volume (1.5 GB) is used up. You can go online again at 13:30.")
        #expect(text(.quotaVolume, volume, .german).hasPrefix("Ihr Datenvolumen (1,5 GB) ist aufgebraucht."))
        #expect(text(.quotaMonthlyTime, nil, .italian).contains("il 1 febbraio alle 00:00"))
        #expect(text(.quotaTotalTime) == "Your time is used up. Ask the staff for more.")
        #expect(text(.sessionLimit).contains("as many devices"))
    }

    @Test("amounts")
    func amounts() {
        #expect(
            [0, 59, 60, 3599, 3600, 3660, 86_400, 90_000, -5].map(Amounts.duration) == [
                "0 s", "59 s", "1 min", "59 min", "1 h", "1 h 1 min", "1 d", "1 d 1 h", "0 s",
            ])
        #expect(
            [0, 999, 1000, 1_550_000, 3_000_000_000, -1].map { Amounts.volume($0, in: .english) } == [
                "0 B", "999 B", "1 kB", "1.5 MB", "3 GB", "0 B",
            ])
        #expect(Amounts.volume(1_550_000, in: .french) == "1,5 MB")
    }

    @Test("problems of the services become alerts and errors of fields")
    func services() {
        #expect(PageErrors(.nonField("Unable to log in with provided credentials.")).alerts == [RejectWords.wrongCredentials])
        let throttled = PageErrors(.throttled(retryAfter: 600)).alerts.first?.text(in: .english)
        #expect(throttled == "Too many attempts. Try again in 10 min.")
        let fields = PageErrors(.fields([FieldProblem("email", "Enter a valid email address."), FieldProblem("user", "Not found.")]))
        #expect(fields.fields == ["email": "Enter a valid email address."])
        #expect(fields.alerts == ["Not found."])
        let document = Problem(.badRequest, .document(["non_field_errors": ["Aspetta."], "cooldown": 3]))
        #expect(PageErrors(document).alerts == ["Aspetta."])
    }
}
