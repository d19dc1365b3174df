import ArgumentParser

/// A password on the command line or, unseen by other users of the machine, on standard input.
struct PasswordOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The password. Other users of this machine can see it in the list of processes.", valueName: "pw"))
    var password: String?

    @Flag(help: "Read the password from the first line of standard input.")
    var passwordStdin = false

    func validate() throws {
        guard (password != nil) != passwordStdin else { throw ValidationError("Give either --password PW or --password-stdin.") }
    }

    func read() throws -> String {
        try password ?? firstLineOfStandardInput()
    }
}

/// The same for a shared secret.
struct SharedSecretOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The shared secret; 0x begins hexadecimal digits. Other users of this machine can see it in the list of processes.",
            valueName: "secret"))
    var secret: String?

    @Flag(help: "Read the shared secret from the first line of standard input.")
    var secretStdin = false

    func validate() throws {
        guard (secret != nil) != secretStdin else { throw ValidationError("Give either --secret SECRET or --secret-stdin.") }
    }

    func read() throws -> String {
        try secret ?? firstLineOfStandardInput()
    }
}

/// A shared secret where none may be needed.
struct OptionalSharedSecretOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The shared secret; 0x begins hexadecimal digits. Other users of this machine can see it in the list of processes.",
            valueName: "secret"))
    var secret: String?

    @Flag(help: "Read the shared secret from the first line of standard input.")
    var secretStdin = false

    func validate() throws {
        guard secret == nil || !secretStdin else { throw ValidationError("Give either --secret SECRET or --secret-stdin.") }
    }

    var isGiven: Bool { secret != nil || secretStdin }

    /// Nil where none is given.
    func read() throws -> String? {
        secretStdin ? try firstLineOfStandardInput() : secret
    }
}

private func firstLineOfStandardInput() throws -> String {
    guard let line = readLine(), !line.isEmpty else { throw CommandFailure("standard input is empty; write the secret on its first line") }
    return line
}
