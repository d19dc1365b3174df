import AccessPolicy
import Accounts
import Foundation
import NASClients
import FreeRADIUSAPI
import OrganizationSettings
import RADIUSPipeline

extension PipelineSettings {
    /// What the configuration says about decisions.
    init(_ configuration: RadianConfiguration, _ modules: AllModules) {
        self.init()
        eapLifetimeSeconds = configuration.eap.timeoutSeconds
        eapCapacity = configuration.eap.capacity
        acceptsUnknownCertificates = configuration.eap.acceptsUnknownCertificates
        sendsUserNameAfterEAP = configuration.eap.sendsUserName
        counters = configuration.quotas.counters
        leaseKey = configuration.addressPools.key
        endsSessionsWithLeases = configuration.addressPools.endsSessions
        plan = { [plans = modules.quotas.plans] in plans.plan($0, organizationID: $1) }
        plansLimitSessions = { [plans = modules.quotas.plans] in plans.limitSessions }
        organizationID = { [directory = modules.accounts.directory] in directory.id(slug: $0) }
        huntGroup = { [huntGroups = modules.nasClients.huntGroups] in huntGroups.name($0, ports: $1) }
        organizationRules = { [directory = modules.organizationSettings.directory] organizationID in
            if directory.isInactive(id: organizationID) { return OrganizationRules(isActive: false) }
            return (directory.context(id: organizationID)?.settings).map {
                OrganizationRules(needsIdentityVerification: $0.needsIdentityVerification)
            }
        }
        let accounts = configuration.accounts.settings
        passwordLifetime = PasswordLifetime(days: accounts.passwordExpirationDays, staffDays: accounts.staffPasswordExpirationDays)
        disposesUserTokens = configuration.api.freeRADIUS.disposesUserTokens
        phonePrefixes = configuration.api.freeRADIUS.phonePrefixes
        userNames.refusesWhitespace = configuration.rejectNamesWithSpaces
        strictPolicy = configuration.strictRows
        minimumPasswordLength = configuration.minimumPasswordLength
        sendsAccountingClass = configuration.sendsAccountingClass
        defaultProfile = configuration.defaultProfile
        rejectsWithoutDatabase = configuration.databaseDown == .reject
        if let zone = configuration.timeZone { timeZone = zone }
        for method in configuration.deniedMethods {
            switch method {
            case "pap": deniedMethods.insert(.pap)
            case "chap": deniedMethods.insert(.chap)
            case "eap": deniedMethods.insert(.eap)
            default: deniedMethods.formUnion([.mschapv1, .mschapv2])
            }
        }
    }
}
