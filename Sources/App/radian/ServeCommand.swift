import ArgumentParser
import CMimalloc
import Composition

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the server until it is told to stop.",
        discussion: """
            Example:
              radian serve --config /etc/radian/radian.yaml

            SIGTERM and SIGINT let the packets under way finish.
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        // Before the configuration, whose certificates are OpenSSL's to read.
        _ = cmimalloc_serve_openssl()
        try await RadianServer(options.load()).run()
    }
}
