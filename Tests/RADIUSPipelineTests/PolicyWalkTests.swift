import NIOConcurrencyHelpers
import RADIUSTransport
import RADIUSDictionary
import RADIUSPipeline
import RADIUSWire
import Testing

/// Which rows apply: user, groups by priority, profile; and whose.
struct PolicyWalkTests {
    private func group(_ name: String, _ priority: Int, check: (String, String, String)? = nil, _ replies: (String, String, String)...)
        -> GroupPolicy
    {
        GroupPolicy(
            name: name, priority: priority,
            checks: check.map { [PolicyRow(table: .radgroupcheck, id: Int64(priority), attribute: $0.0, op: $0.1, value: $0.2)] } ?? [],
            replies: replies.enumerated().map {
                PolicyRow(table: .radgroupreply, id: Int64(priority * 10 + $0), attribute: $1.0, op: $1.1, value: $1.2)
            })
    }

    private let password = rows(.radcheck, ("Cleartext-Password", ":=", "hello"))

    /// The Filter-Ids of the Accept.
    private func filters(_ policy: UserPolicy, _ adjust: (inout PipelineSettings) -> Void = { _ in }) throws -> [String] {
        let installation = try Installation(adjust)
        installation.stores["bob"] = policy
        let decision = try installation.logIn("bob", "hello")
        try #require(decision.code == .accessAccept)
        return decision.attributes.filter { $0.definition.name == "Filter-Id" }.map(\.printedValue)
    }

    @Test func userRowsFallThroughIntoTheFirstGroupWhichStops() throws {
        let groups = [group("one", 1, ("Filter-Id", "+=", "one")), group("two", 2, ("Filter-Id", "+=", "two"))]
        let replies = rows(.radreply, ("Filter-Id", "=", "user"))
        #expect(try filters(UserPolicy(checks: password, replies: replies, groups: groups)) == ["user", "one"])
    }

    @Test func fallThroughNoOfTheUserKeepsGroupsAndProfilesOut() throws {
        let groups = [group("one", 1, ("Filter-Id", "+=", "one"))]
        let replies = rows(.radreply, ("Filter-Id", "=", "user"), ("Fall-Through", "=", "No"))
        let policy = UserPolicy(checks: password, replies: replies, groups: groups, profiles: ["all": groups])
        #expect(try filters(policy) { $0.defaultProfile = "all" } == ["user"])
    }

    @Test func fallThroughYesChainsGroups() throws {
        let groups = [
            group("one", 1, ("Filter-Id", "+=", "one"), ("Fall-Through", "=", "Yes")),
            group("two", 2, ("Filter-Id", "+=", "two"), ("Fall-Through", "=", "Yes")),
            group("three", 3, ("Filter-Id", "+=", "three")), group("four", 4, ("Filter-Id", "+=", "four")),
        ]
        #expect(try filters(UserPolicy(checks: password, groups: groups)) == ["one", "two", "three"])
    }

    @Test func groupWhoseCheckFailsIsPassedOver() throws {
        let groups = [
            group("one", 1, check: ("NAS-Identifier", "==", "elsewhere"), ("Filter-Id", "+=", "one")),
            group("two", 2, ("Filter-Id", "+=", "two")),
        ]
        #expect(try filters(UserPolicy(checks: password, groups: groups)) == ["two"])
    }

    @Test func mismatchOfTheUserRowsSkipsTheirRepliesButNotTheGroups() throws {
        let checks = password + rows(.radcheck, ("NAS-Identifier", "==", "elsewhere"))
        let groups = [group("one", 1, check: ("Cleartext-Password", ":=", "hello"), ("Filter-Id", "+=", "one"))]
        let policy = UserPolicy(checks: checks, replies: rows(.radreply, ("Filter-Id", "=", "user")), groups: groups)
        #expect(try filters(policy) == ["one"])
    }

    @Test func replyRowsAloneMakeNoUser() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(replies: rows(.radreply, ("Filter-Id", "=", "user")))
        #expect(try installation.logIn("bob", "hello").reason == .userUnknown)
    }

    @Test func groupPasswordReplacesTheUsers() throws {
        let groups = [group("one", 1, check: ("Cleartext-Password", ":=", "hello"), ("Filter-Id", "+=", "one"))]
        let checks = rows(.radcheck, ("Cleartext-Password", ":=", "other"))
        #expect(try filters(UserPolicy(checks: checks, groups: groups)) == ["one"])
    }

    @Test func changedGroupRowsCountAtOnce() throws {
        let installation = try Installation()
        for value in ["one", "two", "`%{User-Name}`", "one"] {
            installation.stores["bob"] = UserPolicy(checks: password, groups: [group("g", 1, ("Filter-Id", "=", value))])
            for _ in 0..<2 {
                #expect(try installation.logIn("bob", "hello").lines == ["Filter-Id = \(value.hasPrefix("`") ? "bob" : value)"])
            }
        }
    }

    @Test func profileOfTheUserRowsReplacesTheDefaultOne() throws {
        let checks = password + rows(.radcheck, ("User-Profile", ":=", "gold"))
        let profiles = ["gold": [group("g", 1, ("Filter-Id", "+=", "gold"))], "all": [group("a", 1, ("Filter-Id", "+=", "all"))]]
        #expect(try filters(UserPolicy(checks: checks, profiles: profiles)) { $0.defaultProfile = "all" } == ["gold"])
        #expect(try filters(UserPolicy(checks: password, profiles: profiles)) { $0.defaultProfile = "all" } == ["all"])
        #expect(try filters(UserPolicy(checks: password, profiles: profiles)) == [])
    }

    @Test func explicitNoOfAGroupKeepsTheProfileOut() throws {
        let groups = [group("one", 1, ("Filter-Id", "+=", "one"), ("Fall-Through", "=", "No"))]
        let policy = UserPolicy(checks: password, groups: groups, profiles: ["all": [group("a", 1, ("Filter-Id", "+=", "all"))]])
        #expect(try filters(policy) { $0.defaultProfile = "all" } == ["one"])
    }

    @Test func unknownUserAndMismatchHaveTheirReasons() throws {
        let installation = try Installation()
        #expect(try installation.logIn("nobody", "x").reason == .userUnknown)
        installation.stores["bob"] = UserPolicy(checks: password + rows(.radcheck, ("NAS-Port", "==", "7")))
        #expect(try installation.logIn("bob", "hello").reason == .policyMismatch)
        installation.stores["eve"] = UserPolicy(checks: rows(.radcheck, ("Session-Timeout", ":=", "7")))
        #expect(try installation.logIn("eve", "hello").reason == .passwordUnknown)
    }

    // Organizations.

    @Test func nasOfAnOrganizationSeesItsRowsAndCommonOnes() throws {
        var installation = try Installation()
        installation.client.organizationID = "red"
        installation.stores["bob"] = UserPolicy(
            checks: rows(.radcheck, organization: "blue", ("Cleartext-Password", ":=", "blue"))
                + rows(.radcheck, organization: "red", ("Cleartext-Password", ":=", "red")),
            replies: rows(.radreply, organization: "blue", ("Filter-Id", "=", "blue")) + rows(.radreply, ("Filter-Id", "+=", "common")))
        #expect(try installation.logIn("bob", "blue").reason == .passwordMismatch)
        #expect(try installation.logIn("bob", "red").lines == ["Filter-Id = common"])
    }

    @Test func sharedNASServesOneOrganizationOnly() throws {
        let installation = try Installation { $0.organizationID = { ["red": "id-red", "blue": "id-blue"][$0] } }
        let red = rows(.radcheck, organization: "id-red", ("Cleartext-Password", ":=", "red"))
        installation.stores["bob"] = UserPolicy(checks: red)
        #expect(try installation.logIn("bob", "red").code == .accessAccept)
        #expect(installation.log.entries.last?.organizationID == "id-red")
        installation.stores["bob"] = UserPolicy(
            checks: red + rows(.radcheck, organization: "id-blue", ("Cleartext-Password", ":=", "blue")))
        #expect(try installation.logIn("bob", "red").reason == .organizationAmbiguous)
        // The realm decides.
        #expect(try installation.logIn("bob@BLUE", "blue").code == .accessAccept)
        #expect(try installation.logIn("bob@blue", "red").reason == .passwordMismatch)
    }

    @Test func anAccountLogsInWhereItIsAMember() throws {
        let installation = try Installation { $0.organizationID = { ["red": "id-red", "blue": "id-blue"][$0] } }
        installation.stores["bob"] = UserPolicy(
            checks: password, account: AccountState(userID: "1", isActive: true, organizationIDs: ["id-red"]))
        #expect(try installation.logIn("bob@red", "hello").code == .accessAccept)
        #expect(try installation.logIn("bob", "hello").code == .accessAccept)
        #expect(installation.log.entries.last?.organizationID == "id-red")
        #expect(try installation.logIn("bob@blue", "hello").reason == .organizationNotMember)
        // Who does not know the password learns nothing about memberships.
        #expect(try installation.logIn("bob@blue", "wrong").reason == .passwordMismatch)
        installation.stores["bob"] = UserPolicy(checks: password, account: AccountState(userID: "1", isActive: true))
        #expect(try installation.logIn("bob@blue", "hello").code == .accessAccept)
    }

    @Test func storeMayFindTheAmbiguityItself() throws {
        let installation = try Installation()
        installation.stores["bob"] = UserPolicy(checks: password, isAmbiguous: true)
        #expect(try installation.logIn("bob", "hello").reason == .organizationAmbiguous)
    }

    @Test func otherRealmsStayInTheName() throws {
        var installation = try Installation { $0.organizationID = { ["red": "id-red", "blue": "id-blue"][$0] } }
        installation.stores["bob@example.org"] = UserPolicy(checks: password)
        #expect(try installation.logIn("bob@example.org", "hello").code == .accessAccept)
        // Another organization's slug means nothing at this NAS.
        installation.client.organizationID = "id-red"
        installation.stores["bob"] = UserPolicy(checks: password)
        #expect(try installation.logIn("bob@blue", "hello").reason == .userUnknown)
        #expect(try installation.logIn("bob@red", "hello").code == .accessAccept)
    }
}
