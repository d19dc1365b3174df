public import Accounts
import CredentialSheets
public import Database
import Foundation
public import Localization
import OrganizationSettings

/// The credentials of a batch as a PDF to hand out. Blocks.
public struct BatchSheet: Sendable {
    /// Choices of whoever asks for it.
    public struct Options: Sendable {
        /// `list` or `cards`.
        public var layout: String
        /// Puts the password into the QR code's link, so that who finds a card need not type.
        public var linksPassword: Bool
        /// The login page; nil for the organization's own.
        public var loginAddress: String?

        public init(layout: String = "cards", linksPassword: Bool = false, loginAddress: String? = nil) {
            self.layout = layout
            self.linksPassword = linksPassword
            self.loginAddress = loginAddress
        }

        /// Layouts that there are.
        public static let layouts = CredentialSheet.Layout.allCases.map(\.rawValue)
    }

    /// Handed out passwords stay for another hour, so that a broken download can be repeated.
    static let grace: Int64 = 3_600_000_000

    private let runner: BatchRunner

    public init(_ runner: BatchRunner) {
        self.runner = runner
    }

    /// Writes the sheet to a file, and lets the passwords end an hour later.
    /// - Parameter path: overwritten.
    /// - Returns: how many credentials are on it; 0 when none are kept any more.
    public func write(
        _ batch: Batch, of organization: Organization, to path: String, _ options: Options, language: Language = .english,
        over connection: any DatabaseConnection
    ) throws -> Int {
        let address = try options.loginAddress ?? runner.hooks.settings(of: organization, over: connection).loginURL
        let note = batch.expirationDate.map { Message("Valid until {date}", ["date": $0]).text(in: language) } ?? ""
        let labels = CredentialSheet.Labels(
            username: Message("User name").text(in: language), password: Message("Password").text(in: language), note: note)
        var sheet = try CredentialSheet(
            path: path, layout: CredentialSheet.Layout(rawValue: options.layout) ?? .cards, title: organization.name, labels: labels)
        var count = 0
        let vault = try runner.vault(connection)
        try vault.forEachChunk(of: batch.id) { chunk in
            for credential in chunk {
                try sheet.add(
                    username: credential.username, password: credential.password,
                    link: address.flatMap { Self.link($0, credential, linksPassword: options.linksPassword) })
            }
            count += chunk.count
        }
        try sheet.finish()
        try vault.shorten(batch.id, to: currentMicroseconds() + Self.grace)
        return count
    }

    /// `https://…/login?username=bob`.
    static func link(_ address: String, _ credential: GeneratedCredential, linksPassword: Bool) -> String? {
        guard var components = URLComponents(string: address) else { return nil }
        var items = components.percentEncodedQueryItems ?? []
        items.append(URLQueryItem(name: "username", value: encoded(credential.username)))
        if linksPassword { items.append(URLQueryItem(name: "password", value: encoded(credential.password))) }
        components.percentEncodedQueryItems = items
        return components.string
    }

    /// A `+` is a blank to whoever reads the query as a form's.
    private static func encoded(_ text: String) -> String? {
        text.addingPercentEncoding(
            withAllowedCharacters: CharacterSet.alphanumerics.intersection(CharacterSet(charactersIn: "\0"..."~"))
                .union(CharacterSet(charactersIn: "-._~")))
    }
}
