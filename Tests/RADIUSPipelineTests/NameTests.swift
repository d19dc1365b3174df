import NIOConcurrencyHelpers
import RADIUSWire
import RADIUSTransport
import RADIUSDictionary
import RADIUSPipeline
import Testing

struct NameTests {
    @Test(
        arguments: [
            ("bob", nil), ("bob@example.org", nil), ("b ob", "whitespace"), ("a@b@c.d", "more than one @"), ("a@b..c", "two dots in a row"),
            ("a@b", "realm without a dot"), ("a@b.c.", "realm ends with a dot"), ("a@.b.c", "realm starts with a dot"), ("%{x}", "%{"),
            ("a\nb", "control character"),
        ] as [(String, String?)])
    func freeRADIUSRules(_ name: String, _ violation: String?) {
        #expect(UserNameRules.freeRADIUS.violation(of: name) == violation)
    }

    @Test func defaultsLetHotspotNamesPass() {
        for name in ["room 12", "a@b", "a@b@c", "02:00:00:00:00:09"] { #expect(UserNameRules().violation(of: name) == nil) }
        #expect(UserNameRules().violation(of: "a\u{0}") != nil)
    }

    @Test func refusedAndMissingNames() throws {
        let installation = try Installation()
        #expect(try installation.logIn("a\tb", "x").reason == .userNameInvalid)
        #expect(try installation.decide([installation.attribute("User-Password", "x")]).reason == .userNameMissing)
    }

    @Test(arguments: ["aa-bb-cc-dd-ee-ff", "AA:BB:CC:DD:EE:FF", "aabb.ccdd.eeff", "aabbccddeeff", "aabbcc-ddeeff", "aa bb cc dd ee ff"])
    func addressNotations(_ text: String) throws {
        #expect(try #require(MACAddress(text)).text(.upperDashes) == "AA-BB-CC-DD-EE-FF")
    }

    @Test(arguments: [
        "", "aa-bb-cc-dd-ee", "aa-bb-cc-dd-ee-f", "aa-bb:cc-dd-ee-ff", "aabbccddeefff", "gabbccddeeff", "-aabbccddeeff", "aabbccddeeff-",
        "a-abbccddeeff",
    ])
    func noAddresses(_ text: String) {
        #expect(MACAddress(text) == nil)
    }

    @Test func addressStyles() throws {
        let address = try #require(MACAddress("0a1b2c3d4e5f"))
        #expect(
            MACAddress.Style.allCases.map { address.text($0) } == [
                "0A-1B-2C-3D-4E-5F", "0a-1b-2c-3d-4e-5f", "0A:1B:2C:3D:4E:5F", "0a:1b:2c:3d:4e:5f", "0A1B2C3D4E5F", "0a1b2c3d4e5f",
            ])
    }
}
