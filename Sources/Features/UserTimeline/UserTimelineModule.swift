public import AccessPolicy
public import Database
public import ServerKernel
public import WebRouting

/// What happened to one user, gathered from all features' tables, with operators' notes and what is used of the user's limits.
public struct UserTimelineModule: FeatureModule {
    public static let name = "UserTimeline"
    public static let migrations = [
        Migration(
            feature: "UserTimeline", number: 1, name: "notes about users",
            sql: """
                CREATE TABLE radian_user_note (
                    id {{bigserial}},
                    user_id varchar(36) NOT NULL REFERENCES radian_user (id) ON DELETE CASCADE,
                    organization_id varchar(36) REFERENCES radian_organization (id) ON DELETE CASCADE,
                    author varchar(253) NOT NULL,
                    content text NOT NULL,
                    created bigint NOT NULL
                );
                CREATE INDEX radian_user_note_user ON radian_user_note (user_id, created);
                """)
    ]
    private let service: UserTimelineService

    /// - Parameter usage: what users have used of the limits of their groups.
    public init(_ kernel: Kernel, usage: UsageService) {
        service = UserTimelineService(kernel: kernel, usage: usage)
    }

    public var routes: [Route] { UserTimelineRoutes(service: service).all }
}
