/// Where Radian answers otherwise than FreeRADIUS on purpose; `docs/differences.md` tells operators.
enum DeliberateDifference {
    private static let reasons: [(names: [String], reason: String)] = [
        (
            [
                "reply Session-Timeout cap 600", "reply Session-Timeout cap 900", "reply Reply-Message cap b", "reply Reply-Message cap c",
                "reply Framed-IP-Address cap 10.0.0.200", "reply Session-Timeout raise 300", "reply Session-Timeout raise 600",
                "reply Reply-Message raise a", "reply Framed-IP-Address raise 10.0.0.1",
            ], "a limit that is kept already adds nothing; FreeRADIUS sends a second value"
        ),
        (
            [
                "check NAS-Port matches 6", "check Service-Type matches 7", "check NAS-IP-Address matches 8",
                "check Login-IP-Host matches 9",
                "check Login-IP-Host matches not 9",
            ], "patterns match the printed value of any type; FreeRADIUS wants the pattern to be a value of the type"
        ),
        (["presence with any operand"], "the operand of =* and !* is not looked at; FreeRADIUS wants a value of the type"),
        (
            [
                "attribute bad value", "attribute bad operator", "attribute bad address", "attribute too many bits",
                "attribute blank around address", "attribute blank after name", "attribute backslash at the end",
            ], "a row that cannot be understood is skipped; FreeRADIUS refuses the user"
        ),
        (["password twice set"], "any of several known-good passwords serves; FreeRADIUS looks at the first"),
        (["legacy User-Password"], "the check item of FreeRADIUS 1 is a known-good password"),
        (["Auth-Type Local"], "the Auth-Type of FreeRADIUS 1 means none; FreeRADIUS 3 refuses the user"),
        (["stored 26 PBKDF2-Password hello"], "Debian builds FreeRADIUS without PBKDF2"),
        (["Expiration future ISO 8601"], "dates may be written as ISO 8601 has them"),
        (
            ["Expiration past", "Expiration past day only", "Expiration past American", "group expired"],
            "Reply-Message tells the user that the password has expired"
        ),
        (["name with 'quote'", "DOMAIN\\name"], "names are looked up as they are; FreeRADIUS writes such characters as =XX"),
    ]

    /// Why a case differs; nil where it must not.
    static func of(_ query: PolicyCase) -> String? {
        reasons.first { $0.names.contains(query.name) }?.reason
    }
}
