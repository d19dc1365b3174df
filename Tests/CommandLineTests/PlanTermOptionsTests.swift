import ArgumentParser
import ServicePlans
import Testing

@testable import radian

@Suite struct PlanTermOptionsTests {
    @Test func termsInTheirUnits() throws {
        let options = try PlanTermOptions.parse([
            "--down", "2M", "--up", "512k", "--down-burst", "1500000", "--total-volume", "5G", "--session-timeout", "3600", "--vlan", "20",
            "--role", "staff", "--priority", "7",
        ])
        let terms = try options.terms()
        #expect(terms.downRate == 2_000_000 && terms.upRate == 512_000 && terms.downBurst == 1_500_000)
        #expect(terms.totalVolume == 5 << 30)
        #expect(terms.sessionSeconds == 3600 && terms.vlan == .id(20) && terms.role == "staff" && terms.priority == 7)
        #expect(terms.upVolume == nil && terms.redirectURL == nil)
        #expect(try PlanTermOptions.parse(["--vlan", "guests"]).terms().vlan == .name("guests"))
        #expect(try PlanTermOptions.parse([]).terms() == PlanTerms())
    }

    @Test(arguments: [
        ["--down", "fast"], ["--down", "-1"], ["--down", "M"], ["--up", "18446744073709551615k"], ["--vlan", "4095"], ["--vlan", "0"],
        ["--priority", "8"], ["--total-volume", "1.5G"],
    ])
    func nonsenseIsRefused(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try PlanTermOptions.parse(arguments).terms() }
    }
}
