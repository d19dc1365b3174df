import AccessPolicy
import Accounts
import Database
import Foundation
import Localization
import WebRouting

extension BatchService {
    /// Rules about the fields that need the database or several fields at once.
    /// - Parameter existing: the batch that is changed; nil for a new one.
    func checkedFields(_ wish: Wish, existing: Batch?, _ connection: any DatabaseConnection) throws -> BulkPolicyStore.Group? {
        var problems: [FieldProblem] = []
        if let other = try BatchStore(connection).batch(named: wish.name, organizationID: wish.organization.id), other.id != existing?.id {
            problems.append(FieldProblem("name", "A batch with this name exists already in the organization."))
        }
        if existing == nil { problems += strategyProblems(wish) }
        if let date = wish.expirationDate, date != existing?.expirationDate, date < settings.day(of: Date()) {
            problems.append(FieldProblem("expiration_date", "The date is in the past."))
        }
        var group: BulkPolicyStore.Group?
        if let id = wish.groupID {
            let groups = BulkPolicyStore(connection)
            group = try groups.group(id: id) ?? groups.group(named: id)
            if group == nil || group?.organizationID != wish.organization.id {
                problems.append(FieldProblem("group", Message("Invalid pk \"{pk}\" - object does not exist.", ["pk": id])))
            }
        }
        if !problems.isEmpty { throw Problem.fields(problems) }
        return group
    }

    private func strategyProblems(_ wish: Wish) -> [FieldProblem] {
        var problems: [FieldProblem] = []
        switch wish.strategy {
        case .prefix:
            if let prefix = wish.prefix, !prefix.isEmpty {
                if prefix.utf8.count > 20 || !prefix.utf8.allSatisfy(Self.isPrefixCharacter) {
                    problems.append(
                        FieldProblem("prefix", "Enter at most 20 letters, digits and the characters @ . + - _ only."))
                }
            } else {
                problems.append(FieldProblem("prefix", "This field is required."))
            }
            switch wish.numberOfUsers {
            case .some(let number) where number < 1 || number > settings.maximumUsers:
                problems.append(
                    FieldProblem(
                        "number_of_users", Message("Enter a number from 1 to {max}.", ["max": String(settings.maximumUsers)])))
            case .some: break
            case nil: problems.append(FieldProblem("number_of_users", "This field is required."))
            }
            if wish.file != nil { problems.append(FieldProblem("csvfile", "A file does not go with the strategy \"prefix\".")) }
        case .csv:
            if wish.prefix?.isEmpty == false { problems.append(FieldProblem("prefix", "A prefix does not go with the strategy \"csv\".")) }
            if wish.file == nil { problems.append(FieldProblem("csvfile", "This field is required.")) }
        }
        return problems
    }

    private static func isPrefixCharacter(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "@.+-_".utf8.contains(octet)
        }
    }

    static func fieldProblem(_ field: String, _ messages: [Message]) -> FieldProblem {
        var problem = FieldProblem(field)
        problem.messages = messages
        return problem
    }

    static func message(_ problem: ImportProblem, in language: Language) -> Message {
        var arguments = ["line": String(problem.line), "error": problem.text.text(in: language)]
        guard let column = problem.column else { return Message("Line {line}: {error}", arguments) }
        arguments["column"] = column.rawValue
        return Message("Line {line}, column {column}: {error}", arguments)
    }
}
