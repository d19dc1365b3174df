/// What to say to OpenVPN's management interface to get its routing table, and what it answers (OpenVPN's management-notes.txt).
///
/// Holds no connection: octets in, octets and the outcome out.
struct OpenVPNDialogue {
    /// A device that a client of the VPN carries.
    struct Route: Equatable {
        /// A MAC address where the VPN bridges, else an IP address.
        var virtualAddress: String
        var commonName: String
    }

    /// Why there is no routing table.
    enum Failure: Error, Equatable, CustomStringConvertible {
        case passwordWanted
        case refused(String)
        case tooLong
        case closed

        var description: String {
            switch self {
            case .passwordWanted: "it asks for a password"
            case .refused(let text): "it refuses: \(text)"
            case .tooLong: "its answer is too long"
            case .closed: "it has closed the connection"
            }
        }
    }

    /// What is to be done after some octets.
    enum Step: Equatable {
        case wait
        case say(String)
        case done([Route])
    }

    private enum State {
        case greeting, password, table
    }

    /// Room for the line of a client, ten times over; and for a hundred thousand clients.
    private static let longestLine = 4096
    private static let mostRoutes = 100_000

    private let password: String
    private var state = State.greeting
    private var line: [UInt8] = []
    private var routes: [Route] = []

    /// - Parameter password: empty for none.
    init(password: String) {
        self.password = password
    }

    /// Takes what came.
    /// - Returns: what to say, in the order in which it became due; the table ends the talk.
    mutating func receive(_ octets: some Sequence<UInt8>) throws(Failure) -> [Step] {
        var steps: [Step] = []
        for octet in octets {
            guard octet != UInt8(ascii: "\n") else {
                let text = String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...], as: UTF8.self)
                line = []
                let step = try read(text)
                if step != .wait { steps.append(step) }
                if case .done = step { return steps }
                continue
            }
            guard line.count < Self.longestLine else { throw .tooLong }
            line.append(octet)
            // The prompt has no end of line.
            if state == .greeting, line.elementsEqual("ENTER PASSWORD:".utf8) {
                line = []
                guard !password.isEmpty else { throw .passwordWanted }
                state = .password
                steps.append(.say(password + "\n"))
            }
        }
        return steps
    }

    private mutating func read(_ text: String) throws(Failure) -> Step {
        if text.hasPrefix("ERROR:") {
            throw .refused(String(text.dropFirst(6).drop(while: \.isWhitespace).prefix(200)))
        }
        if text.hasPrefix(">INFO:"), state != .table {
            state = .table
            // Version 3 parts its columns by tabulators: common names may hold commas.
            return .say("status 3\n")
        }
        guard state == .table, !text.hasPrefix(">") else { return .wait }
        if text == "END" { return .done(routes) }
        let columns = text.split(separator: "\t", omittingEmptySubsequences: false)
        if columns.count >= 3, columns[0] == "ROUTING_TABLE" {
            guard routes.count < Self.mostRoutes else { throw .tooLong }
            routes.append(Route(virtualAddress: String(columns[1]), commonName: String(columns[2])))
        }
        return .wait
    }
}
