import CaptiveDialects
import Testing

/// What a NAS sent, and what goes back, as text to compare.
enum Golden {
    static let destination = "https://portal.example.org/login/acme/online/"

    static func read(_ query: String, type: String? = nil, settings: CaptiveSettings = CaptiveSettings()) throws -> CaptiveRequest {
        try #require(try CaptiveDialect.read(CaptiveQuery(encoded: query), nasType: type, settings: settings))
    }

    static func login(
        _ password: String = "k7Qm2xTz", destination: String? = Golden.destination, limits: CaptiveLimits = CaptiveLimits()
    ) -> CaptiveLogin {
        CaptiveLogin(
            username: "alice", password: password, destination: destination.flatMap { CaptiveURL($0) }, limits: limits, time: 1_768_587_874)
    }

    /// The answer after the request has travelled through a page.
    static func answer(
        _ query: String, settings: CaptiveSettings = CaptiveSettings(), login: CaptiveLogin = Golden.login()
    ) throws -> String {
        text(try travelled(try read(query, settings: settings)).login(login, settings: settings))
    }

    static func logout(_ query: String, sessionID: String? = nil, settings: CaptiveSettings = CaptiveSettings()) throws -> String {
        text(try travelled(try read(query, settings: settings)).logout(sessionID: sessionID, settings: settings))
    }

    static func travelled(_ request: CaptiveRequest) throws -> CaptiveRequest {
        let key = Array("a key of the server".utf8)
        let token = try #require(request.token(key: key, time: 1_768_587_874))
        #expect(token.utf8.count <= 1024)
        return try #require(CaptiveRequest(token: token, key: key, time: 1_768_587_900, maximumAge: 600))
    }

    static func text(_ answer: CaptiveAnswer) -> String {
        switch answer {
        case .form(let form):
            ([form.method.rawValue.uppercased() + " " + form.action.description] + form.fields.map { "\($0.name)=\($0.value)" })
                .joined(separator: "\n")
        case .redirect(let url): "GO \(url)"
        case .changeOfAuthorization(let change):
            (["\(change.isDisconnect ? "DISCONNECT" : "COA") \(change.clientMAC?.description ?? "-")"]
                + change.attributes.map { "\($0.name) = \"\($0.value)\"" }
                + (change.vendorSessionID.map { ["SESSION \($0)"] } ?? [])).joined(separator: "\n")
        case .call: "CALL"
        case .poll(let entry): "POLL \(entry.gateway) \(entry.id)"
        case .portalProtocol: "PORTAL"
        }
    }
}

extension CaptiveSettings {
    init(secret: String = "", encoding: PasswordEncoding = .pap, hosts: [String] = [], controller: CaptiveController? = nil) {
        self.init()
        self.secret = secret
        self.encoding = encoding
        trustedHosts = hosts
        self.controller = controller
    }
}
