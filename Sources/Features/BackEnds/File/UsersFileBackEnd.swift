import Foundation
public import FreeRADIUSFiles
public import Logging
import NIOConcurrencyHelpers
public import RADIUSPipeline

/// A FreeRADIUS `users` file, kept in memory and read again when it changes.
public final class UsersFileBackEnd: BackEnd {
    /// The entries that name a user, and DEFAULT, each with its place among all.
    private struct Table {
        var named: [String: [(place: Int, entry: GroupPolicy)]] = [:]
        var defaults: [(place: Int, entry: GroupPolicy)] = []
        /// What each file looked like when it was read.
        var stamps: [String: Stamp] = [:]
    }

    private struct Stamp: Equatable {
        var modified: Date?
        var size: Int?
        var inode: Int?

        init(_ path: String) {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            modified = attributes?[.modificationDate] as? Date
            size = attributes?[.size] as? Int
            inode = attributes?[.systemFileNumber] as? Int
        }
    }

    public let name: String
    public var authTypes: Set<String> { ["files"] }
    public let looksUp = true
    public let verifies = false
    public let isImmediate = true
    private let path: String
    private let logger: Logger
    private let table: NIOLockedValueBox<Table>

    /// Reads the file.
    /// - Throws: ``Documents/UsersFileError`` when it cannot be read or understood.
    public init(name: String, path: String, logger: Logger) throws(UsersFileError) {
        self.name = name
        self.path = path
        self.logger = logger
        table = NIOLockedValueBox(try Self.read(path))
    }

    public func lookUp(_ request: inout RequestContext) throws(BackEndFailure) -> BackEndAnswer {
        let user = request.userName
        let (named, defaults) = table.withLockedValue { ($0.named[user] ?? [], $0.defaults) }
        guard !named.isEmpty || !defaults.isEmpty else { return .unknown }
        // DEFAULT entries are tried where they stand between those of the user.
        let entries = (named + defaults).sorted { $0.place < $1.place }.map(\.entry)
        return .known(BackEndUser(entries: entries, isIdentity: !named.isEmpty))
    }

    public func verify(_ password: [UInt8], key: String?, _ request: inout RequestContext) throws(BackEndFailure) -> BackEndAnswer {
        .unknown
    }

    /// Reads the file again if it, or one it includes, has changed. A mistake in it is logged, and what was read before stays in force.
    public func refresh() {
        let before = table.withLockedValue { $0.stamps }
        guard before != before.mapValuesByKey({ Stamp($0) }) else { return }
        do {
            let new = try Self.read(path)
            table.withLockedValue { $0 = new }
            logger.info("\(path) was read again")
        } catch {
            // Remembered as seen, so that it is said once.
            table.withLockedValue { $0.stamps = $0.stamps.mapValuesByKey { Stamp($0) } }
            logger.warning("what \(path) said before stays in force: \(error)")
        }
    }

    private static func read(_ path: String) throws(UsersFileError) -> Table {
        var stamps: [String: Stamp] = [:]
        func text(_ path: String) throws(UsersFileError) -> String {
            stamps[path] = Stamp(path)
            do {
                return try String(contentsOfFile: path, encoding: .utf8)
            } catch {
                throw UsersFileError(file: path, line: 0, message: "cannot be read as UTF-8 text")
            }
        }
        let file = try UsersFile(try text(path), file: path, include: text)
        var table = Table(stamps: stamps)
        for (place, entry) in file.entries.enumerated() {
            let policy = GroupPolicy(
                name: "", priority: place, checks: rows(entry.checks, .backEndCheck, line: entry.line),
                replies: rows(entry.replies, .backEndReply, line: entry.line))
            if let name = entry.name {
                table.named[name, default: []].append((place, policy))
            } else {
                table.defaults.append((place, policy))
            }
        }
        return table
    }

    /// Rows are numbered by the entry's line, by which traces and the log find it.
    private static func rows(_ items: [UsersFile.Item], _ kind: PolicyRow.Table, line: Int) -> [PolicyRow] {
        items.map { item in
            PolicyRow(table: kind, id: Int64(line), attribute: item.attribute, op: item.op, value: item.storedValue)
        }
    }
}

extension Dictionary {
    fileprivate func mapValuesByKey(_ transform: (Key) -> Value) -> Self {
        Dictionary(uniqueKeysWithValues: keys.map { ($0, transform($0)) })
    }
}
