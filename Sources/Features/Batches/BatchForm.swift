import Accounts
import Localization
import WebRouting

/// Bodies of the batch routes.
enum BatchForm {
    static let create = Form([
        Field("name", required: true, maximumLength: 128, help: "Unique within the organization."),
        Field("strategy", .choice(Batch.Strategy.allCases.map(\.rawValue)), required: true),
        Field("organization_slug", required: true),
        Field("prefix", blank: true, null: true, help: "Strategy prefix: begins the user names; 1 to 20 letters, digits, @ . + - _."),
        Field("number_of_users", .integer, null: true, help: "Strategy prefix: how many."),
        Field(
            "csvfile", .file, null: true,
            help: "Strategy csv: username,password,email,first_name,last_name; with a header in any order. UTF-8 or UTF-16."),
        Field("expiration_date", .date, blank: true, null: true, help: "The last day of the accounts."),
        Field("group", .uuid, blank: true, null: true, help: "A group of the same organization."),
        Field("notes", blank: true, null: true),
        Field(
            "dry_run", .boolean, null: true,
            help: "Tells what each line would do and writes nothing; of more than 10 000 lines, the wrong ones."),
        Field("skip_errors", .boolean, null: true, help: "Takes the good lines of a file whose other lines are wrong."),
    ])

    static let change = Form([
        Field("name", maximumLength: 128), Field("notes", blank: true, null: true),
        Field("expiration_date", .date, blank: true, null: true, help: "Goes to the accounts that the batch made."),
        Field("group", .uuid, blank: true, null: true, help: "Goes to all users of the batch."),
    ])

    /// - Parameter organization: the one that the body names, which the caller manages.
    static func wish(_ values: FormValues, in organization: Organization, language: Language) throws(Problem) -> BatchService.Wish {
        guard let strategy = values.text("strategy").flatMap(Batch.Strategy.init(rawValue:)) else {
            throw .field("strategy", "This field is required.")
        }
        return BatchService.Wish(
            name: values.text("name") ?? "", strategy: strategy, organization: organization, prefix: values.nonEmptyText("prefix"),
            numberOfUsers: values.integer("number_of_users").map { Int($0) }, file: values.file("csvfile")?.url,
            expirationDate: values.nonEmptyText("expiration_date"), groupID: values.nonEmptyText("group"),
            notes: values.text("notes") ?? "", skipsErrors: values.flag("skip_errors") ?? false, language: language)
    }

    static func change(_ values: FormValues) -> BatchService.Change {
        BatchService.Change(
            name: values.text("name"), notes: values.contains("notes") ? values.text("notes") ?? "" : nil,
            expirationDate: values.contains("expiration_date") ? .some(values.nonEmptyText("expiration_date")) : nil,
            groupID: values.contains("group") ? .some(values.nonEmptyText("group")) : nil)
    }
}
