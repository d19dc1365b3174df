import HTTPTypes
import Localization
import OrganizationSettings
import WebRouting

extension AccountRoutes {
    /// Verify telephone numbers. Where an organization sends no codes, all answer 403, whoever asks.
    var phone: [Route] {
        let service = PhoneVerificationService(environment: environment)
        let directory = environment.directory
        let precondition: @Sendable (WebRequest) async throws -> Void = { request in
            guard try directory.organization(of: request).settings.smsVerification else {
                throw Problem(.forbidden, "This organization does not verify phone numbers.")
            }
        }
        @Sendable func caller(_ request: WebRequest) throws(Problem) -> PhoneVerificationService.Caller {
            .init(principal: try request.user(), address: request.clientAddress, language: request.language)
        }
        let failures = [
            Reply(
                .badRequest, "Why not; `cooldown` has the seconds until the next code.",
                .map(.either([.array(.string), .string, .integer]))), Self.unauthorized,
            Reply(.forbidden, "No codes are sent here.", .detail),
            Self.unknown,
        ]
        let number = Field("phone_number", .phone, required: true)
        let optionalNumber = Field("phone_number", .phone, blank: true, null: true, help: "The user's own where it is left out.")
        return [
            Route(
                .post, Self.base + "phone/token/", "Send a code", section: Self.section, access: .user, form: Form([optionalNumber]),
                replies: [
                    Reply(.created, "Seconds until the next code.", .object([("cooldown", .integer)])),
                    Reply(.serviceUnavailable, "No code can be sent now.", .detail),
                ] + failures, precondition: precondition
            ) { request in
                let seconds = try await service.sendCode(
                    to: request.values.nonEmptyText("phone_number"), for: try caller(request), in: try context(request))
                return .json(["cooldown": .integer(Int64(seconds))], .created)
            },
            Route(
                .get, Self.base + "phone/token/active/", "Tell whether a code waits", section: Self.section, access: .user,
                replies: [Reply(.ok, "Whether one does.", .object([("active", .boolean)]))] + failures, precondition: precondition
            ) { request in
                .json(["active": .bool(try await service.hasActiveCode(for: try caller(request), in: try context(request)))])
            },
            Route(
                .post, Self.base + "phone/verify/", "Type a code", section: Self.section, access: .user,
                form: Form([Field("code", required: true, maximumLength: 8)]),
                replies: [Reply(.ok, "It is right."), .tooManyGuesses] + failures, precondition: precondition
            ) { request in
                try await service.verify(request.values.text("code") ?? "", for: try caller(request), in: try context(request))
                return .empty()
            },
            Route(
                .post, Self.base + "phone/change/", "Change one's number", section: Self.section, access: .user, throttle: .others,
                form: Form([number]), replies: [Reply(.ok, "A code is on its way to the new number.")] + failures,
                precondition: precondition
            ) { request in
                let number = request.values.text("phone_number") ?? ""
                try await service.change(to: number, for: try caller(request), in: try context(request))
                return .empty()
            },
        ]
    }
}
