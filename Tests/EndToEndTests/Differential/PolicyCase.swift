import RADIUSClient

/// Rows of one user and the request that is sent to both servers.
struct PolicyCase: Sendable {
    /// User-Name; tells what is compared.
    let name: String
    var check: [String]
    var reply: [String] = []
    var groups: [(String, Int)] = []
    var password = "hello"
    var method = AuthenticationMethod.pap
    /// Attributes beside those of ``PolicyCorpus/request``.
    var request: [String] = []

    init(
        _ name: String, check: [String] = [], password: String = "hello", storesPassword: Bool = true, reply: [String] = [],
        groups: [(String, Int)] = [], method: AuthenticationMethod = .pap, request: [String] = []
    ) {
        self.name = name
        self.check = (storesPassword ? ["Cleartext-Password := hello"] : []) + check
        self.reply = reply
        self.groups = groups
        self.password = password
        self.method = method
        self.request = request
    }
}

/// A group of ``PolicyCorpus``.
struct PolicyGroup: Sendable {
    let name: String
    var check: [String] = []
    var reply: [String] = []
}

/// All cases, the groups that they name, and open sessions.
struct PolicyCorpus: Sendable {
    /// What every request carries.
    static let request = [
        "NAS-IP-Address = 192.0.2.10", "NAS-Port = 100", "NAS-Identifier = lab-nas", "Service-Type = Framed-User", "Framed-Protocol = PPP",
        "Called-Station-Id = 02-00-00-00-00-01:office", "Calling-Station-Id = 00-11-22-33-44-55", "NAS-Port-Type = Wireless-802.11",
        "Framed-IP-Address = 10.1.2.3", "Connect-Info = CONNECT 54Mbps", "Login-IP-Host = 10.0.0.1", "Login-IP-Host = 10.0.0.2",
    ]

    var cases: [PolicyCase]
    var groups: [PolicyGroup]

    static let all = PolicyCorpus(
        cases: checkOperators + replyOperators.cases + sequences + groupWalks.cases + attributes + passwords + limits + authTypes,
        groups: replyOperators.groups + groupWalks.groups)
}
