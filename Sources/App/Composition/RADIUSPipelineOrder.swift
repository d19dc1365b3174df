import RADIUSPipeline

/// What happens to a request, one line a stage, in the order of execution; and nowhere else.
enum RADIUSPipelineOrder {
    static let authentication: [PipelineStep] = [
        .each(AuthenticateEAP()),
        .each(FilterUserName()),
        .each(OrganizationRealm()),
        .each(RecogniseMACAddress()),
        .each(DetectCredential()),
        .batch(LoadPolicy()),
        .each(EvaluatePolicy()),
        .each(SelectAuthType()),
        .each(ProvenByEAP()),
        .each(PAP()),
        .each(CHAP()),
        .each(MSCHAPv1()),
        .each(MSCHAPv2()),
        .each(RequireAuthentication()),
        // Whoever does not know the password learns nothing about the account.
        .each(AccountStatus()),
        .each(Expiration()),
        .each(LoginTimes()),
        .batch(ChangePassword()),
        .each(AccountingClass()),
        .each(ChargeableUserIdentity()),
        // Last, since it takes a place among the user's sessions.
        .each(SimultaneousUse()),
    ]

    static let accounting: [PipelineStep] = [
        .each(OrganizationRealm()),
        .batch(RecordAccounting()),
        .each(ReleaseReservation()),
    ]
}
