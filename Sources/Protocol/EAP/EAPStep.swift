/// What the server does after an EAP-Message or after policy's answer.
public enum EAPStep: Sendable {
    /// Send this EAP request in an Access-Challenge.
    case challenge([UInt8])
    /// Ask policy, then call ``EAPConversation/resume(_:)``.
    case authenticate(EAPAuthentication)
    /// Send this EAP-Success in an Access-Accept, with these keys for MS-MPPE-Recv-Key and MS-MPPE-Send-Key.
    case accept([UInt8], EAPKeys?)
    /// Send this EAP-Failure in an Access-Reject.
    case reject([UInt8], EAPFailure)
    /// Send nothing: the message is not for this conversation's state (RFC 3748 §4.1); the conversation goes on.
    case discard(EAPFailure)
}
