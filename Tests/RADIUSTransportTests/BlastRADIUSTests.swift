import Testing

@testable import RADIUSTransport

/// The whole matrix of {require} x {limit} x {Message-Authenticator} x {EAP} x {Proxy-State} x {host, range}.
@Suite struct BlastRADIUSTests {
    /// Columns: require, limit, Message-Authenticator, EAP, Proxy-State, client. `*` stands for any, `a|b` for either. The first row that
    /// fits a combination says what becomes of it; nothing written means accepted without further ado.
    private static let rules: [(pattern: String, expected: BlastRADIUSCheck.Verdict)] = [
        ("*    *      bad     *   *     *    ", .init(drop: .badMessageAuthenticator)),
        ("*    *      missing eap *     *    ", .init(drop: .missingMessageAuthenticator)),

        ("yes  *      missing no  *     *    ", .init(drop: .missingMessageAuthenticator)),
        ("yes  *      good    *   *     *    ", .init()),

        ("no   yes    missing no  proxy *    ", .init(drop: .proxyStateUnprotected)),
        ("no   yes    missing no  none  *    ", .init(warning: .missingMessageAuthenticator)),
        ("no   yes|no good    *   *     *    ", .init()),
        ("no   no     missing no  proxy *    ", .init(warning: .proxyStateUnprotected)),
        ("no   no     missing no  none  *    ", .init(warning: .missingMessageAuthenticator)),
        ("no   auto   missing no  proxy *    ", .init(learnedLimit: .no, warning: .proxyStateUnprotected)),
        ("no   auto   missing no  none  host ", .init(learnedLimit: .yes, warning: .missingMessageAuthenticator)),
        ("no   auto   missing no  none  range", .init(warning: .missingMessageAuthenticator)),
        ("no   auto   good    *   *     host ", .init(learnedLimit: .yes)),
        ("no   auto   good    *   *     range", .init()),

        ("auto yes    missing no  proxy *    ", .init(drop: .proxyStateUnprotected)),
        ("auto yes    missing no  none  *    ", .init(learnedRequirement: .no, warning: .missingMessageAuthenticator)),
        ("auto no     missing no  proxy *    ", .init(learnedRequirement: .no, warning: .proxyStateUnprotected)),
        ("auto no     missing no  none  *    ", .init(learnedRequirement: .no, warning: .missingMessageAuthenticator)),
        ("auto auto   missing no  proxy *    ", .init(learnedRequirement: .no, learnedLimit: .no, warning: .proxyStateUnprotected)),
        ("auto auto   missing no  none  host ", .init(learnedRequirement: .no, learnedLimit: .yes, warning: .missingMessageAuthenticator)),
        ("auto auto   missing no  none  range", .init(learnedRequirement: .no, warning: .missingMessageAuthenticator)),
        ("auto *      good    *   *     range", .init()),
        ("auto yes|no good    no  *     host ", .init(learnedRequirement: .yes)),
        ("auto yes|no good    eap *     host ", .init()),
        ("auto auto   good    no  *     host ", .init(learnedRequirement: .yes, learnedLimit: .yes)),
        ("auto auto   good    eap *     host ", .init(learnedLimit: .yes)),
    ]

    private static func expected(_ combination: [String]) -> BlastRADIUSCheck.Verdict? {
        rules.first { rule in
            zip(rule.pattern.split(separator: " "), combination).allSatisfy { pattern, value in
                pattern == "*" || pattern.split(separator: "|").contains { $0 == value }
            }
        }?.expected
    }

    @Test(arguments: Requirement.allCases, Requirement.allCases)
    func everyCombinationFollowsTheTable(_ require: Requirement, _ limit: Requirement) throws {
        let states: [(String, BlastRADIUSCheck.MessageAuthenticator)] = [("good", .good), ("bad", .bad), ("missing", .missing)]
        for (name, state) in states {
            for (eap, proxy, host) in (0..<8).map({ ($0 & 1 != 0, $0 & 2 != 0, $0 & 4 != 0) }) {
                let combination = [
                    require.rawValue, limit.rawValue, name, eap ? "eap" : "no", proxy ? "proxy" : "none", host ? "host" : "range",
                ]
                let check = BlastRADIUSCheck(requireMessageAuthenticator: require, limitProxyState: limit, isHost: host)
                let verdict = check.verdict(state, hasEAPMessage: eap, hasProxyState: proxy)
                #expect(verdict == (try #require(Self.expected(combination))), "\(combination)")
            }
        }
    }
}
