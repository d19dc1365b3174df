import Digests
import WebRouting

/// A JSON Web Token (RFC 7519) signed with HMAC-SHA256 (RFC 7515), the only algorithm that is taken.
struct JSONWebToken: Equatable {
    /// Who it stands for: `admin:<user id>` or `subscriber:<user id>`. Tells no rights: those are looked up at each request.
    var subject: String
    /// 128 bits in hexadecimal digits: the login's id.
    var id: String
    /// Seconds since 1970 UTC.
    var issuedAt: Int64
    var expires: Int64
    var keyID: Int64

    static let issuer = "radian"
    /// Longer texts are refused unread.
    static let longest = 4096
    /// Clocks of nodes differ.
    static let leewaySeconds: Int64 = 60

    /// Why a text is no token of ours.
    enum Refusal: Error, Equatable {
        case malformed, wrongSignature, expired
    }

    /// The user whom the subject names; nil for another form.
    var userID: String? {
        let parts = subject.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 && ["admin", "subscriber"].contains(parts[0]) ? String(parts[1]) : nil
    }

    /// Whether a text has the three parts of a token, right or wrong.
    static func hasTokenForm(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3
            && parts.allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy { Base64URL.isDigit($0) }
            }
    }

    /// The signed text.
    func signed(with secret: [UInt8]) -> String {
        let header: JSONValue = ["alg": "HS256", "typ": "JWT", "kid": .string(String(keyID))]
        let claims: JSONValue = [
            "iss": .string(Self.issuer), "sub": .string(subject), "jti": .string(id), "iat": .integer(issuedAt), "nbf": .integer(issuedAt),
            "exp": .integer(expires), "kid": .string(String(keyID)),
        ]
        let content = Base64URL.encode(header.bytes) + "." + Base64URL.encode(claims.bytes)
        return content + "." + Base64URL.encode(HMACSHA256(key: secret).authenticate(Array(content.utf8)))
    }

    /// The id of the key that a token claims to be signed with; looks at nothing else than the header.
    static func keyID(of text: String) throws(Refusal) -> Int64 {
        guard text.utf8.count <= longest, hasTokenForm(text), let header = part(text, 0), header["alg"]?.string == "HS256",
            header["typ"] == nil || header["typ"]?.string?.uppercased() == "JWT", header["crit"] == nil,
            let id = header["kid"]?.string.flatMap({ Int64($0) }), id > 0
        else { throw .malformed }
        return id
    }

    /// Reads a token and checks its signature, issuer and times.
    /// - Parameter now: seconds since 1970 UTC.
    init(_ text: String, secret: [UInt8], now: Int64) throws(Refusal) {
        let keyID = try Self.keyID(of: text)
        let parts = text.split(separator: ".")
        guard let signature = Base64URL.decode(parts[2].utf8) else { throw .malformed }
        let expected = HMACSHA256(key: secret).authenticate(Array("\(parts[0]).\(parts[1])".utf8))
        guard constantTimeEqual(signature, expected) else { throw .wrongSignature }
        guard let claims = Self.part(text, 1), claims["iss"]?.string == Self.issuer, let subject = claims["sub"]?.string,
            let id = claims["jti"]?.string, case .integer(let issuedAt)? = claims["iat"], case .integer(let notBefore)? = claims["nbf"],
            case .integer(let expires)? = claims["exp"], claims["kid"]?.string == String(keyID)
        else { throw .malformed }
        guard notBefore <= now + Self.leewaySeconds else { throw .malformed }
        guard expires > now - Self.leewaySeconds else { throw .expired }
        self.init(subject: subject, id: id, issuedAt: issuedAt, expires: expires, keyID: keyID)
    }

    init(subject: String, id: String, issuedAt: Int64, expires: Int64, keyID: Int64) {
        self.subject = subject
        self.id = id
        self.issuedAt = issuedAt
        self.expires = expires
        self.keyID = keyID
    }

    private static func part(_ text: String, _ index: Int) -> JSONValue? {
        Base64URL.decode(text.split(separator: ".")[index].utf8).flatMap { try? JSONValue(parsing: $0) }
    }
}
