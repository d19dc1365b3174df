import Accounts
import HTTPTypes
import Localization
import OrganizationSettings
import Registration
import ServerKernel
import WebRouting

extension PortalPages {
    private func caller(_ person: Person, _ visit: Visit) -> PhoneVerificationService.Caller {
        .init(principal: person.principal, address: visit.request.clientAddress, language: visit.language)
    }

    /// The page on which the code of a text message is typed. Without a number it asks for one.
    /// - Parameters:
    ///   - number: where the code goes; nil for none.
    ///   - cooldown: seconds until another code may be asked for.
    ///   - asksNumber: the number alone is asked for.
    func verifyPage(
        _ visit: Visit, number: String?, cooldown: Int = 0, asksNumber: Bool = false, errors: PageErrors = PageErrors(),
        notice: Message? = nil
    ) async throws -> Page {
        var (number, cooldown, errors, notice) = (number, cooldown, errors, notice)
        let person = try await knownPerson(visit)
        if asksNumber { number = nil }
        if number != nil, errors.isEmpty, notice == nil, !visit.isView,
            try await !phone.hasActiveCode(for: caller(person, visit), in: visit.context)
        {
            do {
                try await choosePhone(person, visit)
                cooldown = try await phone.sendCode(to: nil, for: caller(person, visit), in: visit.context)
            } catch let problem as Problem {
                errors = PageErrors(problem)
                cooldown = Self.cooldown(problem)
                // The number itself is refused: another one is needed.
                if errors.fields["phone_number"] != nil { number = nil }
            }
        }
        let codeField = PageField(
            name: "code", label: "Code", kind: .code, autocomplete: "one-time-code", error: errors.about("code"), longest: 16, isFirst: true
        )
        let numberField = PageField(
            name: "phone_number", label: "Mobile telephone number", kind: .phone, autocomplete: "tel", value: visit.text("phone_number"),
            hint: "With the country code, such as +39 for Italy. We send a code to it.", error: errors.about("phone_number"), longest: 32)
        var page = Page(template: "verify", title: "Confirm your telephone number")
        page.errors = errors
        page.notice = notice
        page.fields = number == nil ? [numberField] : [codeField, numberField]
        page.values = [
            "hasCode": number != nil, "sentTo": Message("We sent a code to {number}.", ["number": number ?? ""]),
            "fields": [codeField.values],
            "numberFields": [numberField.values], "numberClass": number == nil ? "main" : "",
            "cooldown": (cooldown > 0 ? String(cooldown) : nil).orFalse,
            "cooldownText": Message("You can ask for another code in {seconds} seconds.", ["seconds": String(cooldown)]),
        ]
        if !errors.isEmpty { page.status = .badRequest }
        return page
    }

    /// Seconds that a refusal tells to wait.
    private static func cooldown(_ problem: Problem) -> Int {
        guard case .document(let document) = problem.content, case .integer(let seconds)? = document["cooldown"] else { return 0 }
        return Int(seconds)
    }

    /// Who came by a login of another organization chooses the telephone by asking for a code.
    private func choosePhone(_ person: Person, _ visit: Visit) async throws {
        guard person.registration?.method == RegistrationMethod.pending,
            registration.settings.settableMethods.contains(RegistrationMethod.mobilePhone)
        else { return }
        try await RegistrationService(environment: registration).choose(
            RegistrationMethod.mobilePhone, for: person.principal, in: visit.context)
    }

    private func pendingNumber(_ person: Person, _ visit: Visit) async throws -> String? {
        let organizationID = visit.context.organization.id
        return try await registration.kernel.withConnection {
            try PhoneTokenStore($0).newest(of: person.user.id, in: organizationID)?.number
        } ?? person.user.phoneNumber
    }

    /// Checks the code.
    func verify(_ visit: inout Visit) async throws -> Page {
        let person = try await knownPerson(visit)
        let number = try await pendingNumber(person, visit)
        if visit.isView { return try await verifyPage(visit, number: number) }
        let code = visit.text("code").filter { !$0.isWhitespace }
        guard (1...8).contains(code.count) else {
            return try await verifyPage(visit, number: number, errors: PageErrors(fields: ["code": "Type the code of the text message."]))
        }
        do {
            try await phone.verify(code, for: caller(person, visit), in: visit.context)
        } catch let problem as Problem where [.badRequest, .tooManyRequests].contains(problem.status) {
            let errors = PageErrors(problem)
            return try await verifyPage(
                visit, number: number, errors: PageErrors(fields: errors.alerts.first.map { ["code": $0] } ?? errors.fields))
        }
        return try await advance(&visit)
    }

    /// Sends another code to the same number.
    func sendCode(_ visit: inout Visit) async throws -> Page {
        let person = try await knownPerson(visit)
        let number = try await pendingNumber(person, visit)
        if visit.isView { return try await verifyPage(visit, number: number) }
        do {
            try await choosePhone(person, visit)
            let cooldown = try await phone.sendCode(to: number, for: caller(person, visit), in: visit.context)
            return try await verifyPage(visit, number: number, cooldown: cooldown, notice: "Another code is on its way.")
        } catch let problem as Problem where [.badRequest, .serviceUnavailable].contains(problem.status) {
            return try await verifyPage(visit, number: number, cooldown: Self.cooldown(problem), errors: PageErrors(problem))
        }
    }

    /// Sends a code to another number, which becomes the user's by the code.
    func changeNumber(_ visit: inout Visit) async throws -> Page {
        let person = try await knownPerson(visit)
        guard visit.context.settings.smsVerification else { throw Problem.notFound }
        if visit.isView { return try await verifyPage(visit, number: nil, asksNumber: true) }
        let number = visit.text("phone_number").filter { $0 == "+" || ("0"..."9").contains($0) }
        let isPending = person.registration?.isVerified != true
        do {
            let form = Form([Field("phone_number", .phone, required: true)])
            _ = try form.check(visit.service(["phone_number": number]).values)
            try await choosePhone(person, visit)
            if isPending, number == person.user.phoneNumber {
                let cooldown = try await phone.sendCode(to: number, for: caller(person, visit), in: visit.context)
                return try await verifyPage(visit, number: number, cooldown: cooldown, notice: "Another code is on its way.")
            }
            try await phone.change(to: number, for: caller(person, visit), in: visit.context)
        } catch let problem as Problem where [.badRequest, .serviceUnavailable].contains(problem.status) {
            let kept = isPending ? try await pendingNumber(person, visit) : nil
            return try await verifyPage(visit, number: kept, cooldown: Self.cooldown(problem), errors: PageErrors(problem))
        }
        return try await verifyPage(
            visit, number: number, cooldown: visit.context.settings.smsCooldown, notice: "A code is on its way to the new number.")
    }
}
