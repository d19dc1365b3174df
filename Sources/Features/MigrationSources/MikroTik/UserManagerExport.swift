public import Documents
import Foundation

/// What a MikroTik User Manager had: tables of users, profiles, limitations and routers, of release 6 or 7.
public struct UserManagerExport {
    enum Table: String {
        case user, profile, limitation
        case profileLimitation = "profile-limitation"
        case userProfile = "user-profile"
        case router
    }

    /// A row, by property names as RouterOS spells them.
    struct Row {
        /// File and line.
        var position: String
        var values: [String: String]

        /// The first of some properties that has a value.
        func text(_ names: String...) -> String? {
            names.lazy.compactMap { values[$0]?.trimmingBlanks }.first { !$0.isEmpty }
        }
    }

    private(set) var tables: [Table: [Row]] = [:]

    public init() {}

    /// Reads a CSV file; its columns tell which table it is.
    /// - Throws: ``SourceError``, or ``Documents/CSVError`` for a row that cannot be read.
    public mutating func addCSV(_ reader: CSVReader, file: String) throws {
        var reader = reader
        guard let heading = try reader.next() else { throw SourceError.wrongKind("\(file) is empty") }
        let names = heading.fields.map(Self.property)
        guard let table = Self.table(Set(names)) else {
            throw SourceError.wrongKind("the columns of \(file) are not those of users, profiles, limitations or routers")
        }
        while let record = try reader.next() {
            let values = Dictionary(zip(names, record.fields), uniquingKeysWith: { first, _ in first })
            tables[table, default: []].append(Row(position: "\(file):\(record.line)", values: values))
        }
    }

    /// `Shared Users`, `shared_users` and `SharedUsers` are `shared-users`.
    private static func property(_ heading: String) -> String {
        var name = ""
        var isAfterLowercase = false
        for character in heading.trimmingBlanks {
            defer { isAfterLowercase = character.isLowercase }
            if character.isLetter || character.isNumber {
                if character.isUppercase, isAfterLowercase { name += "-" }
                name += character.lowercased()
            } else if !name.isEmpty, !name.hasSuffix("-") {
                name += "-"
            }
        }
        return name.hasSuffix("-") ? String(name.dropLast()) : name
    }

    private static func table(_ names: Set<String>) -> Table? {
        if names.contains("shared-secret") { return .router }
        if names.isSuperset(of: ["limitation", "profile"]) { return .profileLimitation }
        if names.contains("password") || names.contains("username") { return .user }
        if names.isSuperset(of: ["user", "profile"]) { return .userProfile }
        if !names.isDisjoint(with: ["validity", "name-for-users", "starts-when", "starts-at"]) { return .profile }
        if !names.isDisjoint(with: ["rate-limit-rx", "transfer-limit", "uptime-limit", "download-limit"]) { return .limitation }
        return nil
    }

    /// Reads what `/user-manager export` (release 7) or `/tool user-manager export` (release 6) writes.
    /// - Throws: ``SourceError`` when nothing in it is of User Manager.
    public mutating func addScript(_ text: String, file: String) throws {
        var path: [String] = []
        var pending = ""
        var isAny = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = String(line).trimmingBlanks
            if line.hasSuffix("\\") {
                pending += line.dropLast()
                continue
            }
            var words = Self.words(pending + line)
            pending = ""
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            if first.hasPrefix("/") {
                let end = words.firstIndex { Self.commands.contains($0) } ?? words.count
                path = words[..<end].flatMap { $0.split(separator: "/").map(String.init) }
                words.removeFirst(end)
            }
            guard path.contains("user-manager"), let command = words.first else { continue }
            isAny = true
            var values: [String: String] = [:]
            for word in words.dropFirst() {
                guard let equals = word.firstIndex(of: "=") else {
                    // Release 6 names the user of a profile without a property.
                    values["user"] = values["user"] ?? word
                    continue
                }
                values[String(word[..<equals])] = String(word[word.index(after: equals)...])
            }
            let row = Row(position: "\(file):\(index + 1)", values: values)
            switch command {
            case "add": if let table = path.last.flatMap({ Table(rawValue: $0) }) { tables[table, default: []].append(row) }
            case "create-and-activate-profile": tables[.userProfile, default: []].append(row)
            default: break
            }
        }
        if !isAny { throw SourceError.wrongKind("\(file) has nothing of User Manager; export with '/user-manager export show-sensitive'") }
    }

    private static let commands: Set<String> = ["add", "set", "remove", "create-and-activate-profile"]

    /// Words of a line; quotes keep blanks together, a backslash escapes inside them.
    private static func words(_ line: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        var isEscaped = false
        for character in line {
            if isEscaped {
                isEscaped = false
                word.append(["n": "\n", "r": "\r", "t": "\t"][character] ?? character)
            } else if character == "\\", isQuoted {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == " ", !isQuoted {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }
}
