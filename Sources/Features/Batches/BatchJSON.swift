import Localization
import WebRouting

/// A batch as the API shows it.
struct BatchJSON {
    let batch: Batch
    /// Of the organization.
    let slug: String
    /// `https://portal.example.org`.
    let origin: String

    static let userSchema = JSONSchema.named(
        "BatchUser",
        .object([
            ("id", .uuid), ("username", .string), ("email", .nullable(.string)), ("first_name", .string), ("last_name", .string),
            ("phone_number", .nullable(.string)), ("is_active", .boolean), ("expiration_date", .nullable(.dateTime)),
            ("groups", .array(.string)),
        ]))
    static let schema = JSONSchema.named(
        "Batch",
        .object([
            ("id", .uuid), ("strategy", .string), ("organization", .uuid), ("status", .string), ("name", .string),
            ("csvfile", .nullable(.string)), ("prefix", .nullable(.string)), ("group", .nullable(.uuid)), ("users", .array(userSchema)),
            ("expiration_date", .nullable(.date)), ("notes", .string), ("user_credentials", .nullable(.array(.array(.string)))),
            ("pdf_link", .nullable(.string)), ("created", .dateTime), ("modified", .dateTime), ("error", .nullable(.string)),
        ]))
    static let progressSchema = JSONSchema.named(
        "BatchProgress",
        .object([
            ("status", .string), ("processed", .integer), ("total", .integer), ("created", .integer), ("linked", .integer),
            ("refused", .integer), ("error", .nullable(.string)),
        ]))

    /// - Parameters:
    ///   - users: the batch's users, or the first of them.
    ///   - credentials: generated pairs that are still kept; nil shows none.
    func document(users: [BatchUser] = [], credentials: [GeneratedCredential]? = nil) -> JSONValue {
        let files = "\(origin)/api/v1/radius/organization/\(slug)/batch/\(batch.id)"
        let showsCredentials = batch.strategy == .prefix && credentials?.isEmpty == false
        let hasSheet = batch.strategy == .prefix && batch.status == .completed && batch.credentialsUntil != nil
        return .object([
            .init("id", .string(batch.id)), .init("strategy", .string(batch.strategy.rawValue)),
            .init("organization", .string(batch.organizationID)), .init("status", .string(batch.status.rawValue)),
            .init("name", .string(batch.name)), .init("csvfile", .optional(batch.strategy == .csv ? files + "/csv/" : nil)),
            .init("prefix", .optional(batch.prefix)), .init("group", .optional(batch.groupID)),
            .init("users", .array(users.map(Self.user))), .init("expiration_date", .optional(batch.expirationDate)),
            .init("notes", .string(batch.notes)),
            .init(
                "user_credentials",
                showsCredentials ? .array((credentials ?? []).map { [.string($0.username), .string($0.password)] }) : .null),
            .init("pdf_link", .optional(hasSheet ? files + "/pdf/" : nil)),
            .init("created", .string(WebTime.text(microseconds: batch.created))),
            .init("modified", .string(WebTime.text(microseconds: batch.modified))), .init("error", .optional(batch.error)),
        ])
    }

    static func user(_ user: BatchUser) -> JSONValue {
        .object([
            .init("id", .string(user.id)), .init("username", .string(user.username)), .init("email", .optional(user.email)),
            .init("first_name", .string(user.firstName)), .init("last_name", .string(user.lastName)),
            .init("phone_number", .optional(user.phoneNumber)), .init("is_active", .bool(user.isActive)),
            .init("expiration_date", .optional(user.expiresAt.map { WebTime.text(seconds: $0) })),
            .init("groups", .array(user.groups.map { .string($0) })),
        ])
    }

    /// How far a batch is.
    static func progress(_ batch: Batch) -> JSONValue {
        .object([
            .init("status", .string(batch.status.rawValue)), .init("processed", .integer(Int64(batch.position))),
            .init("total", .integer(Int64(batch.itemCount))), .init("created", .integer(Int64(batch.createdUsers))),
            .init("linked", .integer(Int64(batch.linkedUsers))), .init("refused", .integer(Int64(batch.refusedRows))),
            .init("error", .optional(batch.error)),
        ])
    }

    /// What a dry run found.
    static func rehearsal(_ rehearsal: BatchService.Rehearsal, in language: Language) -> JSONValue {
        .object([
            .init("rows", .integer(Int64(rehearsal.counts.rows))), .init("created", .integer(Int64(rehearsal.counts.created))),
            .init("linked", .integer(Int64(rehearsal.counts.linked))), .init("refused", .integer(Int64(rehearsal.counts.refused))),
            .init(
                "lines",
                .array(
                    rehearsal.lines.map { line in
                        .object([
                            .init("line", .integer(Int64(line.line))), .init("action", .string(line.action.rawValue)),
                            .init("username", .optional(line.username)), .init("column", .optional(line.column?.rawValue)),
                            .init("error", .optional(line.error?.text(in: language))),
                        ])
                    })),
        ])
    }

    static let rehearsalSchema = JSONSchema.named(
        "BatchRehearsal",
        .object([
            ("rows", .integer), ("created", .integer), ("linked", .integer), ("refused", .integer),
            (
                "lines",
                .array(
                    .object([
                        ("line", .integer), ("action", .string), ("username", .nullable(.string)), ("column", .nullable(.string)),
                        ("error", .nullable(.string)),
                    ]))
            ),
        ]))
}
