import HTTPTypes
import RADIUSTransport
import ServerKernel
import WebRouting

/// `GET radius/overview/`: the figures of one organization, or of all that the caller manages, by one visit to the database.
struct OverviewRoute: Sendable {
    let kernel: Kernel
    let directory: any NASDirectory
    /// When this process last heard each device, seconds since 1970 UTC.
    let lastHeard: @Sendable () -> [NASClient.Key: Int64]
    /// Microseconds since 1970 UTC.
    let now: @Sendable () -> Int64

    private static let query = [Field("organization", .uuid), Field("minutes", .integer, minimum: 5, maximum: 1440)]
    /// A device that nobody heard for so many seconds counts as silent.
    static let silence: Int64 = 900
    private static let silentLimit = 1000

    var route: Route {
        Route(
            .get, "/api/v1/radius/overview/", "Show what goes on", section: "RADIUS sessions",
            access: .manager(model: "radiusaccounting"), query: Self.query,
            replies: [
                Reply(
                    .ok,
                    "Open sessions, and the logins, refusals and octets (from users, to users) of the last minutes, 60 when left out, as pairs of a "
                        + "moment and a count for each step of so many seconds. Devices are silent that nobody heard for 15 minutes.",
                    Overview.schema), Reply(.badRequest, "A value that cannot be read.", .fieldErrors),
            ]
        ) { request in
            let values = try Form(Self.query).check(queryOf: request)
            let tenancy = try request.user().scope.narrowed(to: values.text("organization"))
            return .json(try await overview(minutes: values.integer("minutes") ?? 60, in: tenancy).json)
        }
    }

    func overview(minutes: Int64, in tenancy: Tenancy) async throws -> Overview {
        let epoch = now() / 1_000_000
        let span = OverviewSpan(minutes: minutes, now: epoch)
        let since = epoch - Self.silence
        let (figures, heard) = try await kernel.withConnection { connection in
            let store = OverviewStore(connection)
            return (try store.overview(of: span, in: tenancy), try store.heard(since: since))
        }
        let devices = directory.table.all.filter { tenancy.contains($0.organizationID) }
        let moments = lastHeard()
        let addresses = heard.addresses.compactMap { IPAddress($0) }
        var overview = figures
        overview.nasCount = devices.count
        overview.silentNAS = Array(
            devices.lazy.compactMap { device -> Overview.SilentNAS? in
                let moment = moments[device.key]
                guard let id = device.id, (moment ?? 0) < since, !heard.names.contains(device.name),
                    !addresses.contains(where: { device.prefix.contains($0) })
                else { return nil }
                return Overview.SilentNAS(id: id, name: device.name, lastSeen: moment)
            }.prefix(Self.silentLimit))
        return overview
    }
}
