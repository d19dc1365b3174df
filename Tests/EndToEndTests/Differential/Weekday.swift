import Foundation

/// Days in the notation of Login-Time, as the servers' local time has them.
enum Weekday {
    private static let names = ["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"]
    private static let index = Calendar.current.component(.weekday, from: Date()) - 1

    static let today = names[index]
    static let tomorrow = names[(index + 1) % 7]
    /// Neither yesterday, today nor tomorrow.
    static let other = names[(index + 3) % 7]
}
