import AccessPolicy
import RADIUSPipeline

/// What happens to a request, one line a stage, in the order of execution; and nowhere else.
enum RADIUSPipelineOrder {
    static func authentication(_ modules: AllModules) -> [PipelineStep] {
        [
            .each(AuthenticateEAP()),
            .each(CheckRevocation()),
            .each(FilterUserName()),
            .each(OrganizationRealm()),
            .each(RecogniseMACAddress()),
            .each(DetectCredential()),
            .each(ApplyRules(modules.rules.registry, at: .beforeLookup)),
            .batch(LoadPolicy()),
            .each(EvaluatePolicy()),
            .each(ApplyRules(modules.rules.registry, at: .afterPolicy)),
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
    }

    static func accounting(_ modules: AllModules) -> [PipelineStep] {
        [
            .each(OrganizationRealm()),
            .batch(RecordAccounting()),
            .each(ReleaseReservation()),
        ]
    }
}
