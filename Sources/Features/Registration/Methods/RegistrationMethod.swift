/// A way by which somebody came to an account, and by which it may be verified who that is.
public struct RegistrationMethod: Sendable, Hashable {
    /// As stored and told: `mobile_phone`; empty for an unspecified way.
    public let name: String
    /// For people.
    public let label: String
    /// Whether RADIUS lets its users in before they are verified.
    public let authorizesUnverified: Bool
    /// Whether a verified user of this method counts as identified.
    public let isStrong: Bool

    public init(_ name: String, label: String, authorizesUnverified: Bool = false, isStrong: Bool = false) {
        self.name = name
        self.label = label
        self.authorizesUnverified = authorizesUnverified
        self.isStrong = isStrong
    }

    /// Joined by a login; has to choose how to be verified.
    public static let pending = "pending_verification"
    /// Verified by a code that was sent to the telephone.
    public static let mobilePhone = "mobile_phone"
}

/// The methods that the program knows.
public struct RegistrationMethods: Sendable {
    private var methods: [String: RegistrationMethod]

    /// Why a list of methods is not taken.
    public enum Conflict: Error, Equatable, CustomStringConvertible {
        case knownTwice(String)

        public var description: String {
            switch self {
            case .knownTwice(let name): "the registration method '\(name)' is there twice"
            }
        }
    }

    private static let standard = [
        RegistrationMethod("", label: "Unspecified"),
        RegistrationMethod("manual", label: "Made by an operator", isStrong: true),
        RegistrationMethod("email", label: "E-mail"),
        RegistrationMethod(RegistrationMethod.mobilePhone, label: "Mobile phone", isStrong: true),
        RegistrationMethod(RegistrationMethod.pending, label: "Verification pending"),
        RegistrationMethod("social_login", label: "Social login"),
        RegistrationMethod("saml", label: "Single sign-on (SAML)", isStrong: true),
    ]

    /// The standard methods.
    public init() {
        methods = Dictionary(Self.standard.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// These methods and one more.
    /// - Throws: ``Conflict`` when there is one of this name.
    public func adding(_ method: RegistrationMethod) throws(Conflict) -> RegistrationMethods {
        guard methods[method.name] == nil else { throw .knownTwice(method.name) }
        var more = self
        more.methods[method.name] = method
        return more
    }

    /// The method of a name; nil for one that is not known.
    public subscript(name: String) -> RegistrationMethod? { methods[name] }

    /// Names in their order.
    public var names: [String] { methods.keys.sorted() }

    /// Whether a registration says who its user is: verified, by a method that identifies people.
    public func isIdentified(_ registration: RegisteredUser?) -> Bool {
        guard let registration, registration.isVerified else { return false }
        return methods[registration.method]?.isStrong ?? false
    }
}
