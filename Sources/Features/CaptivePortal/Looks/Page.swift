import HTTPTypes
import Localization

/// A page before it is drawn.
struct Page: Sendable {
    /// Name of its template.
    var template: String
    var title: Message
    var status = HTTPResponse.Status.ok
    /// What the template asks for beside what the layout does; messages in it are translated.
    var values: [String: any Sendable] = [:]
    /// Said above all, in the colour of success.
    var notice: Message?
    var errors = PageErrors()
    /// Fields of the page; those with errors are listed above all.
    var fields: [PageField] = []
    /// Whether the template has a form with the id `page`, by which the language is switched with everything that was typed.
    var hasForm = true
    /// Seconds after which the browser asks for the page again, without what it was sent.
    var refreshSeconds: Int?
    /// An address that the browser goes to by itself.
    var goTo: String?
    /// Whether forms of the page may be sent to any host, as the one that goes to a NAS must.
    var sendsElsewhere = false
}

extension Optional where Wrapped: Sendable {
    /// The value, or false, as templates have it: what is missing would be looked for in the page around.
    var orFalse: any Sendable { map { $0 as any Sendable } ?? false }
}

/// What is wrong, to be shown on a page.
struct PageErrors: Sendable, Equatable {
    var alerts: [Message] = []
    /// By field.
    var fields: [String: Message] = [:]
    /// The password is right, and a code of the authenticator is needed, too.
    var asksCode = false

    var isEmpty: Bool { alerts.isEmpty && fields.isEmpty }

    init(alerts: [Message] = [], fields: [String: Message] = [:]) {
        self.alerts = alerts
        self.fields = fields
    }

    /// The error of a field, or of one that is not on the page and that it stands for.
    func about(_ names: String...) -> Message? { names.lazy.compactMap { fields[$0] }.first }
}
