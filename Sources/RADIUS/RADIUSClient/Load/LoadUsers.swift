/// The names and passwords that a load run draws from, in one block of memory: a run may have a million of them.
public struct LoadUsers: Sendable {
    private struct Entry {
        let start: UInt32
        let nameCount: UInt8
        let passwordCount: UInt8
    }

    private var octets: [UInt8] = []
    private var entries: [Entry] = []

    public var count: Int { entries.count }

    /// `count` users, numbered from 0, by two patterns.
    /// - Parameters:
    ///   - name: holds the number as `%d`, or as `%06d` for six digits with leading zeros; `user%06d` gives `user000000`, `user000001` …
    ///   - password: the same for the password; a pattern without `%` is one password for all.
    /// - Throws: ``ClientError/invalidSetting(_:)`` for another `%` in a pattern, for no user, or a name or password that is too long.
    public init(count: Int, name: String = "user%06d", password: String = "pass%06d") throws(ClientError) {
        let namePattern = try NumberPattern(name)
        let passwordPattern = try NumberPattern(password)
        for number in 0..<max(0, count) { try append(name: namePattern.text(number), password: passwordPattern.text(number)) }
        try requireUsers()
    }

    /// Users from elsewhere, for instance a CSV file with the columns username and password.
    /// - Throws: ``ClientError/invalidSetting(_:)`` for no user, an empty name, or a name or password that is too long.
    public init(_ users: some Sequence<(name: String, password: String)>) throws(ClientError) {
        for user in users { try append(name: user.name, password: user.password) }
        try requireUsers()
    }

    /// Calls `body` with the octets of one user's name and password.
    @inline(__always)
    func withUser(_ index: Int, _ body: (_ name: UnsafeRawBufferPointer, _ password: UnsafeRawBufferPointer) -> Void) {
        let entry = entries[index]
        octets.withUnsafeBytes { all in
            let middle = Int(entry.start) + Int(entry.nameCount)
            body(
                UnsafeRawBufferPointer(rebasing: all[Int(entry.start)..<middle]),
                UnsafeRawBufferPointer(rebasing: all[middle..<middle + Int(entry.passwordCount)]))
        }
    }

    func name(_ index: Int) -> String {
        let entry = entries[index]
        return String(decoding: octets[Int(entry.start)..<Int(entry.start) + Int(entry.nameCount)], as: UTF8.self)
    }

    private mutating func append(name: String, password: String) throws(ClientError) {
        // 253 and 128 octets are the limits of User-Name and User-Password (RFC 2865 §5.1, §5.2).
        guard (1...253).contains(name.utf8.count), password.utf8.count <= 128 else {
            throw .invalidSetting("user \(name): a name has 1 to 253 octets and a password up to 128")
        }
        guard let start = UInt32(exactly: octets.count) else { throw .invalidSetting("the users' names and passwords exceed 4 GiB") }
        entries.append(Entry(start: start, nameCount: UInt8(name.utf8.count), passwordCount: UInt8(password.utf8.count)))
        octets.append(contentsOf: name.utf8)
        octets.append(contentsOf: password.utf8)
    }

    private func requireUsers() throws(ClientError) {
        guard !entries.isEmpty else { throw .invalidSetting("a load run needs one user or more") }
    }
}

/// A text with one place for a number: `user%06d`.
private struct NumberPattern {
    private let prefix: String
    private let digits: Int?
    private let suffix: String

    init(_ pattern: String) throws(ClientError) {
        guard let percent = pattern.firstIndex(of: "%") else {
            (prefix, digits, suffix) = (pattern, nil, "")
            return
        }
        let rest = pattern[pattern.index(after: percent)...]
        let width = rest.prefix { $0.isASCII && $0.isNumber }
        let tail = rest.dropFirst(width.count)
        guard tail.first == "d", width.count <= 2, !tail.contains("%") else {
            throw .invalidSetting("\(pattern): the number's place is %d, or %06d for six digits with leading zeros")
        }
        (prefix, digits, suffix) = (String(pattern[..<percent]), Int(width) ?? 0, String(tail.dropFirst()))
    }

    func text(_ number: Int) -> String {
        guard let digits else { return prefix }
        let plain = String(number)
        return prefix + String(repeating: "0", count: max(0, digits - plain.count)) + plain + suffix
    }
}
