/// Every operator against every kind of value.
extension PolicyCorpus {
    // FreeRADIUS escapes operators in names.
    private static let checkWords = [
        ("==", "equal"), ("!=", "different"), ("<", "below"), ("<=", "up to"), (">", "above"), (">=", "from"), ("=", "unless"),
        (":=", "set"),
        ("+=", "add"), ("_", "nothing"),
    ]
    private static let replyWords = [
        ("=", "unless"), (":=", "set"), ("+=", "add"), ("-=", "remove"), ("==", "filter"), ("!*", "delete"), ("<=", "cap"), (">=", "raise"),
        ("!=", "different"), ("<", "below"), (">", "above"), ("=*", "present"), ("_", "nothing"),
    ]

    /// Each comparison below, at and above the request's value; patterns; presence. The reply tells whether the row matched.
    static var checkOperators: [PolicyCase] {
        let operands: [(attribute: String, values: [String])] = [
            ("NAS-Port", ["50", "100", "200"]), ("NAS-Identifier", ["aaa", "lab-nas", "zzz"]),
            ("NAS-IP-Address", ["192.0.2.1", "192.0.2.10", "192.0.2.200"]),
            ("Service-Type", ["Login-User", "Framed-User", "NAS-Prompt-User"]),
            ("Login-IP-Host", ["10.0.0.1", "10.0.0.2", "10.0.0.3"]), ("Idle-Timeout", ["1", "60", "600"]),
        ]
        var cases: [PolicyCase] = []
        for (attribute, values) in operands {
            for (op, word) in checkWords {
                for value in values {
                    cases.append(
                        PolicyCase(
                            "check \(attribute) \(word) \(value)", check: ["\(attribute) \(op) \(value)"], reply: ["Filter-Id = hit"]))
                }
            }
            for op in ["=*", "!*"] {
                let text = op == "=*" ? "present" : "absent"
                cases.append(
                    PolicyCase("check \(attribute) \(text)", check: ["\(attribute) \(op) \(values[0])"], reply: ["Filter-Id = hit"]))
            }
        }
        let patterns = [
            ("NAS-Identifier", "^lab-"), ("NAS-Identifier", "nas$"), ("NAS-Identifier", "^nas"), ("NAS-Identifier", "^LAB"),
            ("Called-Station-Id", ":office$"), ("Called-Station-Id", "^02-(00-)+01:(office|home)$"), ("NAS-Port", "^1[0-9]+$"),
            ("Service-Type", "^Framed"), ("NAS-IP-Address", "^192\\.0\\.2\\."), ("Login-IP-Host", "\\.2$"), ("Idle-Timeout", "."),
            ("Calling-Station-Id", "^[0-9A-F]{2}(-[0-9A-F]{2}){5}$"),
        ]
        for (number, (attribute, pattern)) in patterns.enumerated() {
            for (op, text) in [("=~", "matches"), ("!~", "matches not")] {
                cases.append(
                    PolicyCase("check \(attribute) \(text) \(number)", check: ["\(attribute) \(op) \(pattern)"], reply: ["Filter-Id = hit"])
                )
            }
        }
        return cases
    }

    /// Every operator in a group's reply, after the user's own reply with one Session-Timeout and two Reply-Messages.
    static var replyOperators: (cases: [PolicyCase], groups: [PolicyGroup]) {
        var cases: [PolicyCase] = []
        var groups: [PolicyGroup] = []
        let operands = [
            ("Session-Timeout", ["300", "600", "900"]), ("Reply-Message", ["a", "b", "c"]), ("Filter-Id", ["new"]),
            ("Framed-IP-Address", ["10.0.0.1", "10.0.0.200"]),
        ]
        for (op, word) in replyWords {
            for (attribute, values) in operands {
                for value in values {
                    let group = "reply \(attribute) \(word) \(value)"
                    groups.append(PolicyGroup(name: group, reply: ["\(attribute) \(op) \(value)"]))
                    cases.append(
                        PolicyCase(
                            group,
                            reply: ["Session-Timeout = 600", "Reply-Message = a", "Reply-Message += b", "Framed-IP-Address = 10.0.0.100"],
                            groups: [(group, 1)]))
                }
            }
        }
        return (cases, groups)
    }

    /// Several rows of one attribute within one list.
    static let sequences = [
        PolicyCase("sequence unless unless", reply: ["Reply-Message = a", "Reply-Message = b"]),
        PolicyCase("sequence set set", reply: ["Reply-Message := a", "Reply-Message := b"]),
        PolicyCase("sequence add add", reply: ["Reply-Message += a", "Reply-Message += b"]),
        PolicyCase("sequence add unless", reply: ["Reply-Message += a", "Reply-Message = b"]),
        PolicyCase("sequence unless add", reply: ["Reply-Message = a", "Reply-Message += b"]),
        PolicyCase("sequence set add", reply: ["Reply-Message := a", "Reply-Message += b"]),
        PolicyCase("sequence unless set", reply: ["Reply-Message = a", "Reply-Message := b"]),
        PolicyCase("sequence add remove", reply: ["Reply-Message += a", "Reply-Message -= a"]),
        PolicyCase("sequence unless cap", reply: ["Session-Timeout = 600", "Session-Timeout <= 300"]),
        PolicyCase("sequence unless raise", reply: ["Session-Timeout = 600", "Session-Timeout >= 900"]),
        PolicyCase(
            "sequence three routes", reply: ["Framed-Route += 10.1.0.0/16", "Framed-Route += 10.2.0.0/16", "Framed-Route += 10.3.0.0/16"]),
        PolicyCase("password unless does not serve", check: ["Cleartext-Password = hello"], storesPassword: false),
        PolicyCase("password filter does not serve", check: ["Cleartext-Password == hello"], storesPassword: false),
        PolicyCase("password add serves", check: ["Cleartext-Password += hello"], storesPassword: false),
        PolicyCase("password with backslash", check: ["Cleartext-Password := a\\b"], password: "a\\b", storesPassword: false),
        PolicyCase("password with two backslashes", check: ["Cleartext-Password := a\\\\b"], password: "a\\b", storesPassword: false),
        PolicyCase("password with escape", check: ["Cleartext-Password := a\\nb"], password: "a\\nb", storesPassword: false),
        PolicyCase("password in quotes", check: ["Cleartext-Password := \"hello\""], storesPassword: false),
        PolicyCase("password with blanks", check: ["Cleartext-Password :=  hello "], password: " hello ", storesPassword: false),
        PolicyCase("password twice set", check: ["Cleartext-Password := other", "Cleartext-Password := hello"], storesPassword: false),
        PolicyCase("two checks both match", check: ["NAS-Port == 100", "NAS-Identifier == lab-nas"], reply: ["Filter-Id = hit"]),
        PolicyCase("two checks one fails", check: ["NAS-Port == 100", "NAS-Identifier == other"], reply: ["Filter-Id = hit"]),
        PolicyCase(
            "check twice same attribute", check: ["Login-IP-Host == 10.0.0.1", "Login-IP-Host == 10.0.0.2"], reply: ["Filter-Id = hit"]),
        PolicyCase("presence with any operand", check: ["NAS-Port =* ANY", "Idle-Timeout !* ANY"], reply: ["Filter-Id = hit"]),
        PolicyCase("pattern with backslash", check: ["NAS-Identifier =~ ^lab\\-nas$"], reply: ["Filter-Id = hit"]),
        PolicyCase("pattern with two backslashes", check: ["NAS-Identifier =~ ^lab\\\\-nas$"], reply: ["Filter-Id = hit"]),
        PolicyCase("pattern with class", check: ["Connect-Info =~ ^CONNECT \\d+Mbps"], reply: ["Filter-Id = hit"]),
        PolicyCase("pattern with word", check: ["NAS-Identifier =~ ^\\w+-nas$"], reply: ["Filter-Id = hit"]),
        PolicyCase("text compares with backslash", check: ["NAS-Identifier == lab\\-nas"], reply: ["Filter-Id = hit"]),
        PolicyCase("pattern in quotes", check: ["NAS-Identifier =~ \"^lab\""], reply: ["Filter-Id = hit"]),
        PolicyCase("pattern in slashes", check: ["NAS-Identifier =~ /^lab/"], reply: ["Filter-Id = hit"]),
        PolicyCase("pattern ignoring case", check: ["NAS-Identifier =~ (?i)^LAB"], reply: ["Filter-Id = hit"]),
        PolicyCase("pattern broken", check: ["NAS-Identifier =~ ("], reply: ["Filter-Id = hit"]),
        PolicyCase("pattern groups", check: ["Called-Station-Id =~ ^(.*):(.*)$"], reply: ["Filter-Id = `%{2}`"]),
        PolicyCase("range of ports", check: ["NAS-Port >= 100", "NAS-Port <= 199"], reply: ["Filter-Id = hit"]),
    ]
}
