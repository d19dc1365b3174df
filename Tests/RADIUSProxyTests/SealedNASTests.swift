import RADIUSProxy
import RADIUSTransport
import Testing

@Suite struct SealedNASTests {
    private let seal = SealedNAS(key: Array(repeating: 7, count: 32))

    @Test(
        arguments: [NASClient.Key.row(42), .configured("lobby switch"), .configured("#x"), .configured("42")], ["192.0.2.1", "2001:db8::1"])
    func whatIsSealedOpensAgain(client: NASClient.Key, address: String) throws {
        let address = try #require(IPAddress(address))
        let value = try #require(seal.seal(client, address))
        #expect((1...250).contains(value.count))
        let opened = try #require(seal.open(value))
        #expect(opened.client == client && opened.address == address)
        #expect(seal.seal(client, address) == value, "the same NAS, the same value")
        #expect(SealedNAS(key: Array(repeating: 8, count: 32)).open(value) == nil, "another network's key")
    }

    @Test func whatWasChangedOpensNot() throws {
        let value = try #require(seal.seal(.row(1), IPAddress(ipv4: 1)))
        for index in value.indices {
            var changed = value
            changed[index] ^= 1
            #expect(seal.open(changed) == nil)
        }
        for count in 0..<value.count { #expect(seal.open(Array(value[..<count])) == nil) }
        #expect(seal.open([UInt8](repeating: 0, count: 250)) == nil)
    }

    @Test func aNameThatDoesNotFitHasNoIdentifier() {
        #expect(seal.seal(.configured(String(repeating: "n", count: 200)), IPAddress(ipv4: 1)) == nil)
    }
}
