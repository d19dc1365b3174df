import FreeRADIUSAPI
import OrganizationSettings
import RADIUSPipeline
import ServerKernel
import Sessions

extension AllModules {
    /// What FreeRADIUS asks over REST. It needs the pipeline, which needs the modules: hence not one of them.
    func freeRADIUS(_ kernel: Kernel, _ configuration: RadianConfiguration, decider: any LoginDecider) -> FreeRADIUSAPIModule {
        FreeRADIUSAPIModule(
            kernel, directory: organizationSettings.directory, decider: decider, log: sessions.postAuthenticationLog,
            calendar: configuration.timeZone.map { LocalCalendar($0) } ?? .current, settings: configuration.api.freeRADIUS)
    }
}
