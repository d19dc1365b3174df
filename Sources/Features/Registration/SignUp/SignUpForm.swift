import Accounts
import Localization
import OrganizationSettings
import WebRouting

/// What somebody fills in to get an account, checked as far as that needs no database.
struct SignUpForm: Sendable {
    var username = ""
    /// Nil for none.
    var email: String?
    var password = ""
    /// E.164; nil where the organization sends no codes.
    var phoneNumber: String?
    var firstName = ""
    var lastName = ""
    /// `2001-02-28`.
    var birthDate: String?
    var location = ""
    var method = ""
    /// What is wrong with the fields, in the order of the form.
    private(set) var problems: [FieldProblem] = []
    /// The two passwords differ; told once everything else is well.
    private(set) var passwordsDiffer = false

    private static let username = Field("username", required: true, maximumLength: 150, help: "Letters, digits and @ . + - _.")
    private static let email = Field("email", .email, blank: true, null: true, maximumLength: 254)
    private static let passwords = ["password1", "password2"].map { Field($0, .password, required: true, maximumLength: 4096) }
    private static let method = Field("method", blank: true, null: true, maximumLength: 64, help: "How to be verified.")
    private static let birthDate = Field("birth_date", .date, blank: true, null: true)
    private static let texts = [
        Field("first_name", blank: true, null: true, maximumLength: 150), Field("last_name", blank: true, null: true, maximumLength: 150),
        Field("location", blank: true, null: true, maximumLength: 256),
    ]
    private static func phoneNumber(isRequired: Bool) -> Field {
        Field("phone_number", isRequired ? .phone : .text, required: isRequired, blank: !isRequired, null: !isRequired)
    }

    /// All fields, for the description: what an organization does not ask for is ignored.
    static let description = Form(
        [username, email] + passwords + [Field("phone_number", .phone, blank: true, null: true)] + texts + [birthDate, method],
        isCheckedByHandler: true)

    /// Reads and checks the fields.
    /// - Parameter settable: methods that people may choose.
    init(_ values: FormValues, _ settings: OrganizationSettings, settable: [String]) {
        var read = FormValues()
        func text(_ field: Field) -> String? {
            do throws(Problem) {
                read[field.name] = try Form([field]).check(values)[field.name]
            } catch {
                if case .fields(let found) = error.content { problems += found }
                return nil
            }
            return read.nonEmptyText(field.name)
        }
        username = text(Self.username) ?? ""
        if !username.isEmpty, !UserStore.isValidAPIUsername(username) {
            problems.append(
                FieldProblem("username", "Enter a valid username: up to 150 letters, digits and the signs @ . + - _."))
        }
        email = text(Self.email)
        if settings.smsVerification { phoneNumber = text(Self.phoneNumber(isRequired: true)) }
        if settings.firstName != .disabled { firstName = text(Self.texts[0]) ?? "" }
        if settings.lastName != .disabled { lastName = text(Self.texts[1]) ?? "" }
        if settings.location != .disabled { location = text(Self.texts[2]) ?? "" }
        if settings.birthDate != .disabled { birthDate = text(Self.birthDate) }
        password = text(Self.passwords[0]) ?? ""
        let repetition = text(Self.passwords[1])
        if !password.isEmpty {
            let attributes = [username, email ?? "", firstName, lastName, phoneNumber ?? ""].filter { !$0.isEmpty }
            let weaknesses = PasswordStore.problems(password, attributes: attributes)
            if !weaknesses.isEmpty {
                var problem = FieldProblem("password1")
                problem.messages = weaknesses
                problems.append(problem)
            }
        }
        passwordsDiffer = password != repetition
        let chosen = text(Self.method) ?? ""
        if chosen.isEmpty || settable.contains(chosen) {
            method = chosen
        } else if settings.needsIdentityVerification {
            problems.append(FieldProblem("method", Message("\"{value}\" is not a valid choice.", ["value": chosen])))
        }
    }

    /// The first field that the organization wants and that is empty; told as a bare text once all others are well.
    func missing(_ settings: OrganizationSettings, settable: [String]) -> FieldProblem? {
        let fields = [
            ("first_name", settings.firstName, firstName.isEmpty), ("last_name", settings.lastName, lastName.isEmpty),
            ("birth_date", settings.birthDate, birthDate == nil), ("location", settings.location, location.isEmpty),
        ]
        if let field = fields.first(where: { $0.1 == .mandatory && $0.2 }) {
            return FieldProblem(field.0, "This field is required.", isBare: true)
        }
        guard settings.needsIdentityVerification, method.isEmpty, !settable.contains("") else { return nil }
        return FieldProblem("method", "This field is required.", isBare: true)
    }
}
