import Foundation

/// What load runs have sent and what was acknowledged of it, read from the files that ``LedgerWriter`` writes.
public struct LoadLedger: Sendable {
    public enum Kind: String, Sendable {
        case start, interim, stop
    }

    /// An Accounting-Request, however often it was repeated.
    public struct Request: Sendable, Equatable {
        public var kind: Kind
        /// Event-Timestamp, seconds since 1970 UTC.
        public var epoch: Int64
        /// Acct-Session-Time, seconds.
        public var seconds: Int64
        public var inputOctets: Int64
        public var outputOctets: Int64
        public var isAcknowledged = false

        public init(kind: Kind, epoch: Int64, seconds: Int64, inputOctets: Int64, outputOctets: Int64, isAcknowledged: Bool = false) {
            self.kind = kind
            self.epoch = epoch
            self.seconds = seconds
            self.inputOctets = inputOctets
            self.outputOctets = outputOctets
            self.isAcknowledged = isAcknowledged
        }
    }

    public struct Session: Sendable, Equatable {
        public var userName: String
        /// In the order of their sending.
        public var requests: [Request] = []

        public init(userName: String, requests: [Request] = []) {
            self.userName = userName
            self.requests = requests
        }
    }

    /// By Acct-Session-Id.
    public private(set) var sessions: [String: Session] = [:]

    public init(sessions: [String: Session]) {
        self.sessions = sessions
    }

    /// Reads a file. A last line that was cut off is passed over.
    /// - Throws: ``ClientError/invalidSetting(_:)`` when there is no such file or it is something else.
    public init(path: String) throws(ClientError) {
        guard let data = FileManager.default.contents(atPath: path) else { throw .invalidSetting("cannot read the ledger \(path)") }
        var number = 0
        for line in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
            number += 1
            guard add(String(decoding: line, as: UTF8.self)) else {
                throw .invalidSetting("line \(number) of \(path) is not of a ledger")
            }
        }
    }

    private mutating func add(_ line: String) -> Bool {
        // The name is last, as it may hold blanks.
        let words = line.split(separator: " ", maxSplits: 7, omittingEmptySubsequences: false)
        guard words.count >= 2 else { return false }
        let id = String(words[1])
        switch (words[0], words.count) {
        case ("acked", 2):
            // A session has one request under way.
            guard let last = sessions[id]?.requests.indices.last else { return false }
            sessions[id]?.requests[last].isAcknowledged = true
        case ("sent", 8):
            let numbers = words[3...6].compactMap { Int64($0) }
            guard let kind = Kind(rawValue: String(words[2])), numbers.count == 4 else { return false }
            let request = Request(
                kind: kind, epoch: numbers[0], seconds: numbers[1], inputOctets: numbers[2], outputOctets: numbers[3])
            sessions[id, default: Session(userName: String(words[7]))].requests.append(request)
        default: return false
        }
        return true
    }
}
