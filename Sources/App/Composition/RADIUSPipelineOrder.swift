import AccessPolicy
import BackEnds
import CaptivePortal
import Proxying
import RADIUSPipeline
import RADIUSProxy
import RADIUSTransport
import SessionActions

/// What happens to a request, one line a stage, in the order of execution; and nowhere else.
enum RADIUSPipelineOrder {
    /// - Parameter pool: runs what follows the replies of home servers.
    static func authentication(_ modules: AllModules, pool: WorkPool) -> [PipelineStep] {
        let codes = modules.backEnds.oneTimePasswords
        return [
            // Another server's EAP passes as it is.
            .each(ProxyAuthentication(modules.proxying.router, by: .realm, pool: pool)),
            .each(AuthenticateEAP()),
            .each(CheckRevocation()),
            .each(modules.sessionActions.recogniseAuthorizeOnly),
            .each(FilterUserName()),
            .each(OrganizationRealm()),
            .each(RecogniseMACAddress()),
            .each(DetectCredential()),
            .each(modules.admitGrantedStation),
            .each(ApplyRules(modules.rules.registry, at: .beforeLookup)),
            .each(LookUpBackEnds(modules.backEnds.backEnds, .beforeDatabase)),
            .batch(LoadPolicy()),
            .each(LookUpBackEnds(modules.backEnds.backEnds, .behindDatabase)),
            .each(EvaluatePolicy()),
            .each(AcceptUserToken()),
            .each(ApplyRules(modules.rules.registry, at: .afterPolicy)),
            .each(ProxyAuthentication(modules.proxying.router, by: .policy, pool: pool)),
            .each(SelectAuthType(served: modules.backEnds.backEnds.authTypes)),
            .each(ProvenByEAP()),
            .each(AuthorizeEstablished()),
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
            .each(VerifiedIdentity()),
            .each(PasswordAge()),
            .each(Expiration()),
            .each(LoginTimes()),
            .batch(ChangePassword()),
            .each(ChoosePlan()),
            .batch(Quotas()),
            .each(ApplyPlan()),
            .each(AccountingClass()),
            .each(ChargeableUserIdentity()),
            // Last, since they take a place among the user's sessions and an address.
            .each(SimultaneousUse()),
            .batch(LeaseAddresses()),
            .batch(SpendUserToken()),
        ]
    }

    static func accounting(_ modules: AllModules, pool: WorkPool) -> [PipelineStep] {
        [
            .each(RouteAccounting(modules.proxying.router)),
            .each(OrganizationRealm()),
            .batch(RecordAccounting()),
            .batch(UpdateLeases()),
            .batch(QueueAccounting(modules.proxying.router)),
            .each(ProxyAccounting(modules.proxying.router, pool: pool)),
            .each(ReleaseReservation()),
        ]
    }

    static func dynamicAuthorization(_ modules: AllModules, pool: WorkPool) -> [PipelineStep] {
        [
            .each(ProxyDynamicAuthorization(modules.proxying.router, pool: pool)),
            // What nothing routed is refused.
            .each(modules.sessionActions.knownSession),
        ]
    }
}
