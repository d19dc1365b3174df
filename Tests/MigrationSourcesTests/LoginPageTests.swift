import Accounts
import Database
import OrganizationSettings
import TestSupport
import Testing

@testable import MigrationSources

@Suite struct LoginPageTests {
    private static let file = """
        name: "Café Central"
        slug: "cafe"
        server:
          host: "https://radius.example.org"
          uuid: "11111111-1111-4111-8111-111111111111"
          secret_key: "cafetoken0123456789012345678901"
        settings:
          mobile_phone_verification: true
        client:
          components:
            registration_form:
              input_fields:
                first_name: {setting: mandatory}
                birth_date: {setting: allowed}
        """

    @Test("the organization of a login page is made once", arguments: TestDatabase.Engine.available)
    func organization(engine: TestDatabase.Engine) throws {
        try Place.with(engine) { place in
            let page = try LoginPageFile(Self.file, file: "cafe.yml")
            let report = try place.run { try $0.run(page) }
            #expect(report.tallies[.organizations] == MigrationTally(taken: 1))
            #expect(report.problems.count == 1)
            let found = try #require(try OrganizationStore(place.connection).organization(slug: "cafe"))
            #expect(found.id == OpenWISPFixture.cafe)
            #expect(found.name == "Café Central")
            let settings = try OrganizationSettingsStore(place.connection, defaults: OrganizationSettings()).settings(of: found.id)
            #expect(settings.token == "cafetoken0123456789012345678901")
            #expect(settings.firstName == .mandatory)
            #expect(settings.birthDate == .allowed)
            let before = try place.everything()
            #expect(try place.run { try $0.run(page) }.taken == 0)
            #expect(try place.everything() == before)
        }
    }

    @Test func otherFilesAreNamed() {
        #expect(throws: SourceError.self) { try LoginPageFile("a: 1", file: "x.yml") }
    }
}
