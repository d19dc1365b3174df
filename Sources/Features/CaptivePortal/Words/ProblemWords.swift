import Localization
import WebRouting

extension PageErrors {
    /// What the services of the API throw, as pages say it.
    init(_ problem: Problem) {
        switch problem.content {
        case .fields(let problems):
            for problem in problems {
                guard let first = problem.messages.first else { continue }
                if problem.field == FieldProblem.nonField || problem.field == "user" {
                    alerts += problem.messages.map(Self.plain)
                } else if fields[problem.field] == nil {
                    fields[problem.field] = Self.plain(first)
                }
            }
        case .detail(let message, let code):
            alerts = [Self.plain(message)]
            asksCode = code == "second_factor_required"
        case .document(let document): alerts = Self.texts(document).map { Message($0) }
        }
    }

    /// Sentences of documents are translated already.
    private static func texts(_ document: JSONValue) -> [String] {
        if let text = document["detail"]?.string ?? document["details"]?.string { return [text] }
        guard case .array(let texts)? = document[FieldProblem.nonField] else { return [] }
        return texts.compactMap(\.string)
    }

    /// The API's sentences for programs, in words for people.
    private static func plain(_ message: Message) -> Message {
        switch message.english {
        case "Unable to log in with provided credentials.": return RejectWords.wrongCredentials
        case "Authentication credentials were not provided.": return "Log in again."
        case "You are not a member of this organization.": return "Your account does not belong here. Sign up, or ask the staff."
        case "Request was throttled. Expected available in {seconds} seconds.":
            let seconds = message.arguments["seconds"].flatMap { Int64($0) } ?? 60
            return Message("Too many attempts. Try again in {time}.", ["time": Amounts.duration(max(60, seconds))])
        case "Your old password was entered incorrectly. Please enter it again.": return "The password is wrong."
        case "The server is busy. Try again later.": return RejectWords.fault
        default: return message
        }
    }
}
