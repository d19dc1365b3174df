import ArgumentParser
import Composition
import Foundation
import NIOConcurrencyHelpers
import RADIUSClient
import RADIUSWire

extension RADIUSCommand {
    struct Send: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send the requests of a file as radclient reads it, and check the replies.",
            discussion: """
                The file has attributes 'Name = value', one a line or parted by commas, and a blank line between requests. Packet-Type
                chooses the code of a packet, Packet-Dst-IP-Address and Packet-Dst-Port its server. Behind a colon may follow a file of
                filters, one for each request in the same order: 'Packet-Type == Access-Reject', 'Session-Timeout <= 600', 'Class !* ANY'.
                Without one a request expects the reply that says yes. The exit code is 0 when every reply came and was as expected.

                Example:
                  radian radius send requests.txt --count 10 --parallel 4
                  radian radius send requests.txt:filters.txt --type acct --server 192.0.2.1 --secret s3cret
                """)

        enum Kind: String, CaseIterable, ExpressibleByArgument {
            case auto, auth, acct, status, disconnect, coa

            var code: PacketCode? {
                switch self {
                case .auto: nil
                case .auth: .accessRequest
                case .acct: .accountingRequest
                case .status: .statusServer
                case .disconnect: .disconnectRequest
                case .coa: .coaRequest
                }
            }
        }

        @Argument(help: ArgumentHelp("The file, - for standard input; FILE:FILTERS with filters.", valueName: "file")) var files: [String]
        @Option(help: "The code of requests without Packet-Type; auto tells accounting by Acct-Status-Type.") var type = Kind.auto
        @Option(name: [.short, .long], help: ArgumentHelp("Send each request so many times.", valueName: "n")) var count = 1
        @Option(name: [.short, .long], help: ArgumentHelp("Requests under way at a time.", valueName: "n")) var parallel = 1
        @Flag(name: [.short, .long], help: "Show only what is not as expected, and the summary.") var quiet = false
        @OptionGroup var options: ExchangeOptions

        func validate() throws {
            guard !files.isEmpty else { throw ValidationError("Give a file of requests.") }
            guard (1...1_000_000).contains(count), (1...256).contains(parallel) else {
                throw ValidationError("--count is 1 to 1000000, --parallel 1 to 256.")
            }
        }

        func run() throws {
            let configuration = try options.server.options.load()
            let dictionary = try configuration.loadDictionary()
            let common = try options.attributes(dictionary)
            var requests: [RadclientRequest] = []
            for file in files {
                let (texts, filters) = try Self.read(file)
                guard filters == nil || filters?.count == texts.count else {
                    throw CommandFailure("\(file): \(texts.count) requests, but \(filters?.count ?? 0) filters")
                }
                for (index, items) in texts.enumerated() {
                    var request = try RadclientRequest(items, filter: filters?[index], code: type.code, dictionary: dictionary)
                    request.request.attributes += common
                    requests.append(request)
                }
            }
            guard !requests.isEmpty else { throw CommandFailure("there is no request in \(files.joined(separator: ", "))") }
            var known: [ServerAddress: Exchange] = [:]
            let exchanges = try requests.map { request in
                let address = try server(of: request, configuration)
                if let exchange = known[address] { return exchange }
                let exchange = try options.exchange(with: address, configuration, dictionary)
                known[address] = exchange
                return exchange
            }
            let tally = RadclientRun(requests: requests, exchanges: exchanges, count: count, isQuiet: quiet).run(threads: parallel)
            if requests.count * count > 1 { Output.line(tally.summary) }
            guard tally.isGood else { throw ExitCode.failure }
        }

        /// The server of a request: its own, the command's, or this machine's port for the code.
        private func server(of request: RadclientRequest, _ configuration: RadianConfiguration) throws -> ServerAddress {
            let address: ServerAddress
            switch request.request.code {
            case .accountingRequest: address = try options.server.address(configuration, port: \.acctPort)
            case .disconnectRequest, .coaRequest:
                guard let server = options.server.server ?? request.host, let found = ServerAddress(server, defaultPort: 3799) else {
                    throw ValidationError("Give --server HOST:PORT for a \(request.request.code.name).")
                }
                address = found
            default: address = try options.server.address(configuration, port: \.authPort)
            }
            return ServerAddress(host: request.host ?? address.host, port: request.port ?? address.port)
        }

        /// Requests and, where there are, filters.
        private static func read(_ file: String) throws -> ([[RadclientText.Item]], [[RadclientText.Item]]?) {
            if file == "-" {
                let input = FileHandle.standardInput.readDataToEndOfFile()
                return (try RadclientText.requests(String(decoding: input, as: UTF8.self)), nil)
            }
            func items(_ path: some StringProtocol) throws -> [[RadclientText.Item]] {
                do {
                    return try RadclientText.requests(String(contentsOfFile: String(path), encoding: .utf8))
                } catch let error as ValidationError {
                    throw CommandFailure("\(path): \(error.message)")
                } catch {
                    throw CommandFailure("\(path) cannot be read")
                }
            }
            guard !FileManager.default.fileExists(atPath: file), let colon = file.lastIndex(of: ":") else { return (try items(file), nil) }
            return (try items(file[..<colon]), try items(file[file.index(after: colon)...]))
        }
    }
}

/// Sends a number of requests, so many at a time, each from a thread of its own.
///
/// `@unchecked Sendable`: `state` guards what changes.
final class RadclientRun: @unchecked Sendable {
    /// How the requests ended.
    struct Tally: Equatable {
        var expected = 0
        var unexpected = 0
        var unanswered = 0

        var isGood: Bool { unexpected == 0 && unanswered == 0 }
        var summary: String {
            "\(expected + unexpected + unanswered) requests: \(expected) as expected, \(unexpected) not as expected, \(unanswered) without a valid reply"
        }
    }

    private struct State {
        var next = 0
        var tally = Tally()
    }

    private let requests: [RadclientRequest]
    private let exchanges: [Exchange]
    private let total: Int
    private let isQuiet: Bool
    private let state = NIOLockedValueBox(State())

    /// - Parameters:
    ///   - exchanges: of each request.
    ///   - count: times that each is sent.
    init(requests: [RadclientRequest], exchanges: [Exchange], count: Int, isQuiet: Bool) {
        self.requests = requests
        self.exchanges = exchanges
        total = requests.count * count
        self.isQuiet = isQuiet
    }

    /// Blocks until all are done.
    func run(threads: Int) -> Tally {
        let group = DispatchGroup()
        for _ in 0..<min(threads, total) {
            group.enter()
            Thread.detachNewThread {
                while let index = self.take() { self.send(index % self.requests.count) }
                group.leave()
            }
        }
        group.wait()
        return state.withLockedValue { $0.tally }
    }

    private func take() -> Int? {
        state.withLockedValue { state in
            guard state.next < total else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }

    private func send(_ index: Int) {
        let exchange = exchanges[index]
        let outcome = Result { () throws(ClientError) in try exchange.perform(requests[index].request) }
        // Under the lock, so that the lines of one reply stay together.
        state.withLockedValue { state in
            switch outcome {
            case .success(let reply):
                let failures = requests[index].expectation.failures(reply)
                if !isQuiet || !failures.isEmpty { reply.show(from: exchange.server) }
                for failure in failures { Output.complain("radian: request \(index + 1): \(Output.printable(failure))") }
                if failures.isEmpty { state.tally.expected += 1 } else { state.tally.unexpected += 1 }
            case .failure(let error):
                Output.complain("radian: request \(index + 1): \(error)")
                state.tally.unanswered += 1
            }
        }
    }
}
