import HTTPTypes
import Testing
import WebRouting

/// Who may what: each kind of access with each kind of caller.
@Suite struct AccessMatrixTests {
    enum Caller: String, CaseIterable {
        case nobody, inactive, member, manager, permittedMember, permittedManager, permittedStaff, viewer, superuser

        var principal: Principal? {
            let all = Set(["view", "add", "change", "delete"].map { "\($0)_radiusgroup" })
            func user(_ role: Principal.Role?, _ permissions: Set<String> = [], isStaff: Bool = false) -> Principal {
                Principal(
                    id: rawValue, username: rawValue, method: .apiToken, isStaff: isStaff, memberships: role.map { ["o": $0] } ?? [:],
                    permissions: permissions)
            }
            switch self {
            case .nobody: return nil
            case .inactive:
                var user = user(.owner, all, isStaff: true)
                (user.isActive, user.isSuperuser) = (false, true)
                return user
            case .member: return user(.member)
            case .manager: return user(.manager)
            case .permittedMember: return user(.member, all)
            case .permittedManager: return user(.owner, all)
            case .permittedStaff: return user(nil, all, isStaff: true)
            case .viewer: return user(.manager, ["view_radiusgroup"])
            case .superuser:
                var user = user(nil)
                user.isSuperuser = true
                return user
            }
        }
    }

    private static func row(_ access: Access, _ method: HTTPRequest.Method = .get) -> [String: Access.Verdict] {
        Dictionary(uniqueKeysWithValues: Caller.allCases.map { ($0.rawValue, access.verdict(on: $0.principal, method: method)) })
    }

    private static func expected(_ admitted: Set<Caller>) -> [String: Access.Verdict] {
        Dictionary(
            uniqueKeysWithValues: Caller.allCases.map { caller in
                if caller == .nobody { return (caller.rawValue, .anonymous) }
                if caller == .inactive { return (caller.rawValue, .inactive) }
                return (caller.rawValue, admitted.contains(caller) ? .admitted : .forbidden)
            })
    }

    private static let everybody = Set(Caller.allCases)

    @Test func `open routes`() {
        for access in [Access.anonymous, .own, .optional] {
            #expect(Self.row(access).values.allSatisfy { $0 == .admitted })
        }
        #expect(Self.row(.user) == Self.expected(Self.everybody))
        #expect(Self.row(.superuser) == Self.expected([.superuser]))
    }

    @Test(arguments: [
        (HTTPRequest.Method.get, true), (.head, true), (.post, false), (.put, false), (.patch, false), (.delete, false),
    ]) func `managers need the permission of the method, staff needs no membership`(_ method: HTTPRequest.Method, _ isViewing: Bool) {
        #expect(
            Self.row(.manager(model: "radiusgroup"), method)
                == Self.expected(isViewing ? [.permittedManager, .viewer, .superuser] : [.permittedManager, .superuser]))
        let permitted: Set<Caller> = [.permittedMember, .permittedManager, .permittedStaff, .superuser]
        #expect(
            Self.row(.permission(model: "radiusgroup"), method)
                == Self.expected(isViewing ? permitted.union([.viewer]) : permitted))
        #expect(Self.row(.staff(model: "radiusgroup"), method) == Self.expected([.permittedStaff, .superuser]))
        #expect(Self.row(.manager(model: "user"), method) == Self.expected([.superuser]))
    }

    @Test func `who may change may view`() {
        let changer = Principal(
            id: "c", username: "c", method: .apiToken, memberships: ["o": .manager], permissions: ["change_radiusgroup"])
        let access = Access.manager(model: "radiusgroup")
        #expect(access.verdict(on: changer, method: .get) == .admitted)
        #expect(access.verdict(on: changer, method: .patch) == .admitted)
        #expect(access.verdict(on: changer, method: .post) == .forbidden)
        #expect(access.verdict(on: changer, method: .delete) == .forbidden)
    }
}
