import ArgumentParser
import Foundation
import RADIUSClient
import RADIUSWire

extension RADIUSCommand {
    struct Echo: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Accept every request without looking at it: the limit that 'radius load' can measure here.",
            discussion: """
                It authenticates nobody. For measurements only.

                Example:
                  radian radius echo --listen 127.0.0.1:11812 --secret s3cret --threads 2
                """)

        @Option(help: ArgumentHelp("Where to listen.", valueName: "host:port")) var listen = "127.0.0.1:1812"
        @Option(help: ArgumentHelp("The shared secret.", valueName: "secret")) var secret: String
        @Option(help: ArgumentHelp("Threads that answer.", valueName: "n")) var threads = 1

        func validate() throws {
            guard (1...64).contains(threads) else { throw ValidationError("--threads is 1 to 64.") }
        }

        func run() throws {
            guard let address = ServerAddress(listen, defaultPort: 1812) else {
                throw ValidationError("'\(listen)' is no address; write HOST:PORT.")
            }
            guard let shared = SharedSecret(text: secret) else { throw ValidationError("The shared secret is empty.") }
            let server = try EchoServer(address: address, secret: shared)
            Output.line("answering on \(address), until interrupted")
            for _ in 1..<threads { Thread.detachNewThread { server.run() } }
            server.run()
        }
    }
}
