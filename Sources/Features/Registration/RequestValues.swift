import Accounts
import Foundation
import HTTPTypes
import Localization
import WebRouting

extension WebRequest {
    /// The language that the client named; nil when it named none of ours.
    var askedLanguage: Language? { head.headerFields[.acceptLanguage].flatMap { Language(acceptLanguage: $0) } }
}

extension User {
    /// How letters address the user.
    var salutation: String {
        let name = [firstName, lastName].filter { !$0.isEmpty }.joined(separator: " ")
        return name.isEmpty ? username : name
    }
}
