public import OrganizationSettings
public import RADIUSPipeline
public import ServerKernel
import Sessions
public import WebRouting

/// What a FreeRADIUS with rlm_rest, set up for OpenWISP RADIUS, asks: authorize, post-auth and accounting.
public struct FreeRADIUSAPIModule: FeatureModule {
    public static let name = "FreeRADIUSAPI"
    private let table: FreeRADIUSRoutes

    /// - Parameters:
    ///   - decider: the RADIUS pipeline.
    ///   - log: takes what post-auth reports.
    ///   - calendar: cuts kept usage into hours and days.
    public init(
        _ kernel: Kernel, directory: SettingsDirectory, decider: any LoginDecider, log: any AuthenticationLog, calendar: LocalCalendar,
        settings: FreeRADIUSAPISettings
    ) {
        table = FreeRADIUSRoutes(
            caller: FreeRADIUSCaller(
                directory: directory, lookup: CallerLookup(kernel: kernel, phonePrefixes: settings.phonePrefixes)),
            service: FreeRADIUSService(kernel: kernel, decider: decider, log: log, calendar: calendar, settings: settings),
            list: SessionList(kernel))
    }

    public var routes: [Route] { table.all }
}
