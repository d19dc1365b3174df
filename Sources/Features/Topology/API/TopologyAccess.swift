import HTTPTypes
import Localization
import WebRouting

/// Who may do what to topologies, nodes and links: permissions say what, managed organizations say where. What no organization owns is
/// read by every manager and changed by superusers.
struct TopologyAccess: Sendable {
    /// Kinds of objects, as permissions name them.
    static let topology = "topology"
    static let node = "node"
    static let link = "link"

    let caller: Principal
    let model: String

    static let notManager = Problem(
        .forbidden, "User is not a manager of the organization to which the requested resource belongs.")
    static let unknownCaller = Problem(.forbidden, "Authentication credentials were not provided.")

    /// - Throws: 403 for who manages nothing, and who lacks the permission.
    init(_ caller: Principal, _ action: Permission.Action, _ model: String) throws(Problem) {
        self.caller = caller
        self.model = model
        if caller.isSuperuser { return }
        if caller.managedOrganizations.isEmpty { throw Self.notManager }
        if !caller.may(action, model) { throw .forbidden }
    }

    /// Whether an object of an organization is the caller's to see.
    func sees(_ organizationID: String?) -> Bool { organizationID == nil || caller.scope.contains(organizationID) }

    /// - Throws: 404 for what is not the caller's to see, 403 for what is shared by all.
    func checkChange(_ organizationID: String?) throws(Problem) {
        guard sees(organizationID) else { throw .notFound }
        if organizationID == nil, !caller.isSuperuser { throw .forbidden }
    }

    /// Checks the organization that an object is to have.
    /// - Throws: 400 for one that is not the caller's, and for none where the caller is no superuser.
    func checkChoice(_ organizationID: String?, exists: Bool) throws(Problem) {
        guard let organizationID else {
            if caller.isSuperuser { return }
            throw .field("organization", "This field may not be null.")
        }
        guard exists, caller.scope.contains(organizationID) else { throw Self.unknown("organization", organizationID) }
    }

    /// 400 for a reference to what is not there, or not the caller's.
    static func unknown(_ field: String, _ id: String) -> Problem {
        .field(field, Message("Invalid pk \"{pk}\" - object does not exist.", ["pk": id]))
    }
}
