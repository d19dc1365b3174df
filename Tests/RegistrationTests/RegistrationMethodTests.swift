import Registration
import Testing

@Suite struct RegistrationMethodTests {
    @Test("verified by a strong method is identified; anything less is not")
    func identified() throws {
        let methods = try RegistrationMethods().adding(
            RegistrationMethod("bank_card", label: "Bank card", authorizesUnverified: true, isStrong: true))
        func isIdentified(_ method: String, _ isVerified: Bool) -> Bool {
            methods.isIdentified(RegisteredUser(userID: "u", organizationID: "o", method: method, isVerified: isVerified, modified: 0))
        }
        for method in ["manual", "mobile_phone", "saml", "bank_card"] {
            #expect(isIdentified(method, true))
            #expect(!isIdentified(method, false))
        }
        for method in ["", "email", "pending_verification", "social_login", "unknown"] { #expect(!isIdentified(method, true)) }
        #expect(!methods.isIdentified(nil))
    }

    @Test("a name is known once")
    func conflict() {
        #expect(throws: RegistrationMethods.Conflict.knownTwice("email")) {
            try RegistrationMethods().adding(RegistrationMethod("email", label: "Another"))
        }
    }
}
