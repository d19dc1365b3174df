/// Why a request was refused. The raw values are stable codes: logs, metrics, translations and the console depend on them.
public enum RejectReason: String, CaseIterable, Sendable, Codable {
    case userUnknown = "user.unknown"
    case userNameMissing = "user-name.missing"
    case userNameInvalid = "user-name.invalid"
    case organizationAmbiguous = "organization.ambiguous"
    case organizationNotMember = "organization.not-member"
    case organizationInactive = "organization.inactive"
    case identityUnverified = "identity.unverified"
    case accountInactive = "account.inactive"
    case accountExpired = "account.expired"
    case passwordMismatch = "password.mismatch"
    case passwordExpired = "password.expired"
    case passwordChanged = "password.changed"
    case tokenUsed = "token.used"
    case oneTimePasswordMissing = "otp.missing"
    case oneTimePasswordWrong = "otp.wrong"
    case oneTimePasswordUsed = "otp.used"
    case passwordUnfit = "password.unfit"
    case passwordChangeFailed = "password.change-failed"
    case passwordUnknown = "password.unknown"
    case passwordUnsuitable = "password.unsuitable"
    case credentialsMissing = "credentials.missing"
    case credentialsMalformed = "credentials.malformed"
    case methodDenied = "method.denied"
    case eapUnsupported = "eap.unsupported"
    case eapConversationUnknown = "eap.conversation-unknown"
    case eapMalformed = "eap.malformed"
    case eapNoCommonMethod = "eap.no-common-method"
    case eapProof = "eap.proof"
    case eapTLS = "eap.tls"
    case eapLimit = "eap.limit"
    case resumptionDenied = "eap.resumption-denied"
    case eapAbandoned = "eap.abandoned"
    case authorizationUnasked = "authorize-only.unasked"
    case certificateRevoked = "certificate.revoked"
    case certificateStatusUnknown = "certificate.status-unknown"
    case policyRejected = "policy.rejected"
    case policyMismatch = "policy.mismatch"
    case policyMisconfigured = "policy.misconfigured"
    case authTypeUnsupported = "auth-type.unsupported"
    case ruleRejected = "rule.rejected"
    case loginTimeOutside = "login-time.outside"
    case loginTimeEnding = "login-time.ending"
    case sessionLimit = "session.limit"
    case homeServerRejected = "proxy.rejected"
    case homeServerSilent = "proxy.no-answer"
    case proxyLoop = "proxy.loop"
    case realmRefused = "realm.refused"
    case planUnknown = "plan.unknown"
    case poolExhausted = "pool.exhausted"
    case quotaTime = "quota.time"
    case quotaDailyTime = "quota.daily-time"
    case quotaWeeklyTime = "quota.weekly-time"
    case quotaMonthlyTime = "quota.monthly-time"
    case quotaTotalTime = "quota.total-time"
    case quotaVolume = "quota.volume"
    case quotaDailyVolume = "quota.daily-volume"
    case quotaWeeklyVolume = "quota.weekly-volume"
    case quotaMonthlyVolume = "quota.monthly-volume"
    case quotaTotalVolume = "quota.total-volume"
    case quotaAge = "quota.age"
    case backEndUnavailable = "back-end.unavailable"
    case databaseUnavailable = "database.unavailable"
    case databaseFailed = "database.failed"

    /// What happened, in one sentence for operators.
    public var explanation: String { texts.explanation }

    /// What the operator can do about it, in one sentence.
    public var nextStep: String { texts.nextStep }

    private var texts: (explanation: String, nextStep: String) {
        switch self {
        case .userUnknown:
            ("No user, group or profile matches the name.", "Check the spelling and the organization, or add the user.")
        case .userNameMissing:
            ("The request carries no User-Name.", "Check the NAS's authentication settings.")
        case .userNameInvalid:
            ("The User-Name breaks the configured name rules.", "Correct the name or relax the user name filter.")
        case .organizationAmbiguous:
            (
                "Several organizations know this name and the NAS is shared.",
                "Log in as name@organization or assign the NAS to one organization."
            )
        case .organizationNotMember:
            ("The account is no member of the NAS's or the realm's organization.", "Make the user a member of that organization.")
        case .organizationInactive:
            ("The organization is disabled.", "Activate the organization, or move its NAS devices and users.")
        case .identityUnverified:
            (
                "The organization wants verified users, and has not verified this one.",
                "Let the user finish the verification on the login page, or verify it with 'radian user verify'."
            )
        case .tokenUsed:
            (
                "The RADIUS user token was used by another login at the same moment.",
                "Nothing: the login page gets a new token at its next login."
            )
        case .accountInactive:
            ("The account is disabled.", "Activate the account.")
        case .accountExpired:
            ("The account's expiry has passed.", "Extend the account or remove its expiration date.")
        case .passwordMismatch:
            ("The password is wrong.", "Reset the password; if every user of this NAS fails, compare the shared secret.")
        case .passwordChanged:
            (
                "The password was changed since the login that the device wants to resume.",
                "Nothing: the device logs in with the new password next, or asks for it."
            )
        case .passwordExpired:
            ("The password must be changed before logging in.", "Let the user change the password or set a new one.")
        case .oneTimePasswordMissing:
            (
                "The user has to give a one-time password, and the method cannot carry one.",
                "Use PAP, TTLS-PAP or PEAP-GTC, with the code appended to the password."
            )
        case .oneTimePasswordWrong:
            ("The one-time password is wrong.", "Compare the clocks of the device and this server.")
        case .oneTimePasswordUsed:
            ("The one-time password was used before.", "Wait for the next code.")
        case .passwordUnfit:
            ("The new password is too short, or the old one.", "Let the user choose another, or lower policy.minimum_password_length.")
        case .passwordChangeFailed:
            ("The new password could not be stored.", "Check that the stored password form allows changes over MS-CHAP.")
        case .passwordUnknown:
            ("The user has no known-good password.", "Set a password, with the operator := in radcheck.")
        case .passwordUnsuitable:
            (
                "The stored password form cannot serve this authentication method.",
                "Use PAP (with EAP: TTLS-PAP or PEAP-GTC), or store a Cleartext-Password or NT-Password."
            )
        case .credentialsMissing:
            ("The request carries no credential.", "Check the authentication method of the NAS.")
        case .credentialsMalformed:
            ("The credential attributes have a wrong length or are incomplete.", "Check the NAS's firmware and the supplicant.")
        case .methodDenied:
            ("This authentication method is switched off.", "Use another method or allow it in the settings.")
        case .eapUnsupported:
            (
                "EAP is not served to this NAS or realm.",
                "Give the server a certificate ('radian certificate init') and check the section 'eap' of the configuration."
            )
        case .eapConversationUnknown:
            (
                "The State belongs to no conversation: it took too long, was answered already, or began at another server.",
                "Nothing, if it is rare; else raise eap.timeout, or make the NAS stay with one server."
            )
        case .eapMalformed:
            ("The peer's EAP packet breaks its method's format or order.", "Update the device's software; the trace names the field.")
        case .eapNoCommonMethod:
            ("The device wants none of the EAP methods that are offered.", "Add a method to eap.methods, or change the device's profile.")
        case .eapProof:
            (
                "The method's own proof failed: a wrong password in pwd, a wrong key of a SIM, or a broken crypto-binding.",
                "Check the device's credentials."
            )
        case .eapTLS:
            (
                "The TLS handshake failed; the trace has the alert.",
                "An alert 'unknown CA' means that the device does not trust the server's certificate: install the CA on it."
            )
        case .eapLimit:
            ("The conversation took more rounds or octets than allowed.", "Shorten the certificate chain or raise the fragment size.")
        case .resumptionDenied:
            ("The user may not come back without a full login.", "Nothing: the device logs in with its password or certificate next.")
        case .eapAbandoned:
            (
                "The device fell silent in the middle of its login.",
                "If it happens at each login, the device does not trust the server's certificate: install the CA on it and check the server name."
            )
        case .authorizationUnasked:
            (
                "The request wants authorization without a proof, and its State belongs to no open session of this NAS.",
                "Nothing, if the session has just ended; else the NAS answered too late, or asked by itself."
            )
        case .certificateRevoked:
            ("The certificate was revoked by its authority.", "Issue a new certificate if the user should log in.")
        case .certificateStatusUnknown:
            ("The authority did not say whether the certificate is still good.", "Check the OCSP responder, or set eap.ocsp to soft.")
        case .policyRejected:
            ("A policy row sets Auth-Type to Reject.", "Remove the row if the user should log in.")
        case .policyMismatch:
            ("A check item does not match the request.", "Compare the check rows with the request's attributes in the trace.")
        case .policyMisconfigured:
            ("A policy row cannot be understood.", "Correct the row named in the trace and the log.")
        case .ruleRejected:
            ("A rule refuses the request.", "Change the rule named in the trace, or its place among the others.")
        case .authTypeUnsupported:
            (
                "Auth-Type names a method that is not served or not in the request.",
                "Remove the Auth-Type row; methods are recognised by themselves."
            )
        case .loginTimeOutside:
            ("Login-Time does not allow this hour.", "Change Login-Time or wait for the next allowed period.")
        case .loginTimeEnding:
            ("The allowed period is about to end.", "Change Login-Time or wait for the next allowed period.")
        case .sessionLimit:
            ("The user has as many sessions as Simultaneous-Use allows.", "End a session or raise Simultaneous-Use.")
        case .homeServerRejected:
            ("The realm's home server rejected the request.", "Ask the operator of the home server; its log knows the reason.")
        case .homeServerSilent:
            ("No home server of the realm answers.", "See 'radian home-server status'; check addresses, secrets and the way to them.")
        case .proxyLoop:
            ("The request came back to a server that had passed it on.", "Correct the realms of the servers on its way.")
        case .realmRefused:
            ("The realm is configured to be rejected.", "Change the realm if its users should log in.")
        case .planUnknown:
            ("A row or a quota names a plan that does not exist.", "Add the plan or correct the row named in the trace.")
        case .poolExhausted:
            ("The address pool has no free address.", "Extend the pool, shorten its leases, or look for sessions whose Stop never came.")
        case .quotaTime:
            ("The time allowed in this period is used up.", "Wait for the next period or raise the limit.")
        case .quotaDailyTime:
            ("Today's time is used up.", "Wait for tomorrow or raise the limit.")
        case .quotaWeeklyTime:
            ("This week's time is used up.", "Wait for the next week or raise the limit.")
        case .quotaMonthlyTime:
            ("This month's time is used up.", "Wait for the reset day or raise the limit.")
        case .quotaTotalTime:
            ("All of the user's time is used up.", "Raise the limit.")
        case .quotaVolume:
            ("The traffic allowed in this period is used up.", "Wait for the next period or raise the limit.")
        case .quotaDailyVolume:
            ("Today's traffic is used up.", "Wait for tomorrow or raise the limit.")
        case .quotaWeeklyVolume:
            ("This week's traffic is used up.", "Wait for the next week or raise the limit.")
        case .quotaMonthlyVolume:
            ("This month's traffic is used up.", "Wait for the reset day or raise the limit.")
        case .quotaTotalVolume:
            ("All of the user's traffic is used up.", "Raise the limit.")
        case .quotaAge:
            ("The time since the user's first login is over.", "Raise Expire-After, or remove the user's old sessions.")
        case .backEndUnavailable:
            ("A back end that may know the user does not answer.", "Check the directory or service named in the trace.")
        case .databaseUnavailable:
            ("The database does not answer.", "Check the database; no restart of the server is needed.")
        case .databaseFailed:
            ("The database refused the query.", "Read the server's log for the database error.")
        }
    }
}
