public import ArgumentParser
import Composition
public import RADIUSClient

extension AuthenticationMethod: ExpressibleByArgument {}

extension RADIUSCommand {
    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Log a user in.",
            discussion: """
                The exit code is 0 for Access-Accept and 1 for anything else.

                Example:
                  radian radius test alice 'correct horse' --method mschapv2 --server 192.0.2.1:1812 --secret s3cret
                """)

        @Argument(help: "User-Name.") var user: String
        @Argument(help: "The password.") var password: String
        @Option(help: "How the password is proved.") var method = AuthenticationMethod.pap
        @OptionGroup var options: ExchangeOptions

        func run() throws {
            let exchange = try options.exchange(port: \.authPort)
            let reply = try exchange.authenticate(
                user: user, password: password, method: method, attributes: options.attributes(exchange.dictionary))
            reply.show(from: exchange.server)
            switch reply.verdict {
            case .accepted, .acknowledged: return
            case .rejected(let error): throw CommandFailure("rejected" + (error.map { ": MS-CHAP-Error \(Output.printable($0))" } ?? ""))
            case .challenged: throw CommandFailure("challenged: the server asks for more than a password")
            case .serverNotAuthenticated:
                throw CommandFailure("accepted, but the server did not prove that it knows the password: a real client would not log in")
            }
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask a server whether it is alive (Status-Server).",
            discussion: """
                Example:
                  radian radius status --server 192.0.2.1:1812 --secret s3cret
                """)

        @OptionGroup var options: ExchangeOptions

        func run() throws {
            let exchange = try options.exchange(port: \.authPort)
            try exchange.status(attributes: options.attributes(exchange.dictionary)).show(from: exchange.server)
        }
    }
}
