import AccessPolicy
import BackEnds
import RADIUSPipeline
import SessionActions

/// What happens to a request, one line a stage, in the order of execution; and nowhere else.
enum RADIUSPipelineOrder {
    static func authentication(_ modules: AllModules) -> [PipelineStep] {
        let codes = modules.backEnds.oneTimePasswords
        return [
            .each(AuthenticateEAP()),
            .each(CheckRevocation()),
            .each(FilterUserName()),
            .each(OrganizationRealm()),
            .each(RecogniseMACAddress()),
            .each(DetectCredential()),
            .each(ApplyRules(modules.rules.registry, at: .beforeLookup)),
            .batch(LoadPolicy()),
            .each(LookUpBackEnds(modules.backEnds.backEnds)),
            .each(EvaluatePolicy()),
            .each(ApplyRules(modules.rules.registry, at: .afterPolicy)),
            .each(SelectAuthType(served: modules.backEnds.backEnds.authTypes)),
            .each(ProvenByEAP()),
            // The code leaves the password before anybody compares it.
            .batch(codes.read),
            .each(CheckBackEnds(modules.backEnds.backEnds)),
            .each(PAP()),
            .each(CHAP()),
            .each(MSCHAPv1()),
            .each(MSCHAPv2()),
            .each(RequireAuthentication()),
            .batch(codes.require),
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

    static func dynamicAuthorization(_ modules: AllModules) -> [PipelineStep] {
        [
            // What nothing routed is refused.
            .each(modules.sessionActions.knownSession)
        ]
    }
}
