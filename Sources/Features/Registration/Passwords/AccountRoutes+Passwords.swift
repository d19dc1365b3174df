import HTTPTypes
import Localization
import OrganizationSettings
import WebRouting

extension AccountRoutes {
    /// Change and reset passwords.
    var passwords: [Route] {
        let service = OwnPasswordService(environment: environment)
        func passwords(_ names: String...) -> [Field] { names.map { Field($0, .password, required: true, maximumLength: 4096) } }
        let precondition = environment.directory.precondition
        let wrong = Reply(.badRequest, "What is wrong with the fields.", .fieldErrors)
        return [
            Route(
                .post, Self.base + "password/change/", "Change one's password", section: Self.section, access: .user,
                credentials: [.bearer], throttle: .others,
                form: Form(passwords("current_password", "new_password", "confirm_password")),
                replies: [
                    Reply(.ok, "It is changed.", .object([("status", .string), ("message", .string)])), wrong, Self.unauthorized,
                    Self.unknown,
                ], allowsExpiredPassword: true, precondition: precondition
            ) { request in
                let values = request.values
                try await service.change(
                    current: values.text("current_password") ?? "", new: values.text("new_password") ?? "",
                    repetition: values.text("confirm_password") ?? "", request, in: try context(request))
                let message: Message = "The password was changed."
                return .json(["status": "Success", "message": .string(message.text(in: request.language))])
            },
            Route(
                .post, Self.base + "password/reset/", "Ask for a link to set a new password", section: Self.section, throttle: .others,
                form: Form([Field("input", required: true, maximumLength: 254, help: "User name, e-mail address or telephone number.")]),
                replies: [Reply(.ok, "Whether or not there is such a user.", .detail), wrong, Self.unknown],
                precondition: precondition
            ) { request in
                try await service.requestReset(request.values.text("input") ?? "", request, in: try context(request))
                let detail: Message = "If there is such an account, a message with a link to set a new password is on its way."
                return .json(["detail": .string(detail.text(in: request.language))])
            },
            Route(
                .post, Self.base + "password/reset/confirm/", "Set a new password by a link", section: Self.section, throttle: .others,
                form: Form(
                    passwords("new_password1", "new_password2") + [
                        Field("uid", required: true, maximumLength: 64), Field("token", required: true, maximumLength: 256),
                    ]), replies: [Reply(.ok, "It is set.", .detail), wrong, Self.unknown], precondition: precondition
            ) { request in
                let values = request.values
                try await service.confirmReset(
                    uid: values.text("uid") ?? "", token: values.text("token") ?? "", new: values.text("new_password1") ?? "",
                    repetition: values.text("new_password2") ?? "", in: try context(request))
                let detail: Message = "Password has been reset with the new password."
                return .json(["detail": .string(detail.text(in: request.language))])
            },
        ]
    }
}
