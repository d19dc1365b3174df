import Localization

/// The text that a kind of message has where an organization has no other. English; the languages are the program's translations.
struct StandardText: Sendable, Equatable {
    /// Of an e-mail.
    var subject: String = ""
    /// Paragraphs are parted by empty lines.
    var body: String
    /// What is on the button that leads to `{url}`; nil for no button.
    var button: String?
    /// Placeholders without which the message is of no use.
    var required: Set<String> = []

    /// Names that the text, or an organization's own, may hold between braces.
    var placeholders: Set<String> {
        var names: Set<String> = ["organization", "name", "username"]
        for match in (subject + body).matches(of: /\{([a-z_]+)\}/) { names.insert(String(match.1)) }
        return button == nil ? names : names.union(["url"])
    }

    /// - Returns: nil for a kind that is not sent by this channel.
    static func text(of kind: String, _ channel: MessageChannel) -> StandardText? {
        channel == .sms ? texts[kind] : emails[kind]
    }

    private static let texts: [String: StandardText] = [
        MessageKind.smsCode.name: StandardText(body: "{organization} verification code: {code}", required: ["code"]),
        MessageKind.passwordReset.name: StandardText(body: "{organization}: choose a new password at {url}", required: ["url"]),
        MessageKind.credentials.name: StandardText(body: "username: {username}, password: {password}", required: ["username", "password"]),
        MessageKind.test.name: StandardText(body: "This is a test message of {organization}."),
    ]

    private static let emails: [String: StandardText] = [
        MessageKind.emailConfirmation.name: StandardText(
            subject: "Confirm your e-mail address for {organization}",
            body: "Hello {name},\n\nplease confirm that this e-mail address is yours. If you do not know about it, ignore this message.",
            button: "Confirm the address", required: ["url"]),
        MessageKind.passwordReset.name: StandardText(
            subject: "Your new password for {organization}",
            body:
                "Hello {name},\n\nsomebody, hopefully you, asked for a new password for the account {username}. If it was not you, ignore this message.",
            button: "Choose a new password", required: ["url"]),
        MessageKind.credentials.name: StandardText(
            subject: "Credentials", body: "username: {username}, password: {password}", required: ["username", "password"]),
        MessageKind.newSession.name: StandardText(
            subject: "Your WiFi session at {organization}",
            body: "Hello {name},\n\na WiFi session of the account {username} has begun. There you see your time and data, and can end it.",
            button: "Manage the session", required: ["url"]),
        MessageKind.accountExpiry.name: StandardText(
            subject: "Your account expires on {date}",
            body: "Hello {name},\n\nthe account {username} of {organization} can be used until {date}."),
        MessageKind.passwordExpiry.name: StandardText(
            subject: "Your password expires on {date}",
            body: "Hello {name},\n\nplease choose a new password for the account {username} before {date}.",
            button: "Choose a new password",
            required: ["url"]),
        MessageKind.batchFinished.name: StandardText(
            subject: "Import {batch}: done", body: "The import {batch} of {organization} is done: {count} users."),
        MessageKind.batchFailed.name: StandardText(
            subject: "Import {batch}: failed", body: "The import {batch} of {organization} has failed: {reason}"),
        MessageKind.test.name: StandardText(
            subject: "Test message of {organization}", body: "This is a test message of {organization}."),
    ]

    /// Every English text, for those who check the translations.
    static var allTexts: Set<String> {
        Set((Array(texts.values) + Array(emails.values)).flatMap { [$0.subject, $0.body] + ($0.button.map { [$0] } ?? []) }).subtracting([
            ""
        ])
    }
}
