import Foundation
import Testing

@testable import Database

@Suite struct RowIDTests {
    /// RFC 9562, A.6: 2022-02-22 19:22:22 UTC; rand_a CC3, rand_b 18C4DC0C0C07398F.
    @Test func `the layout is that of RFC 9562`() {
        let id = RowID.text(0x017F_22E2_79B0 << 12 | 0xCC3, random: 0x18C4_DC0C_0C07_398F << 2)
        #expect(id == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    }

    @Test func `keys are UUIDs of version 7 that tell the time`() throws {
        let before = UInt64(Date().timeIntervalSince1970 * 1000)
        let id = RowID.make()
        let uuid = try #require(UUID(uuidString: id))
        #expect(uuid.uuidString.lowercased() == id)
        #expect(uuid.uuid.6 >> 4 == 7 && uuid.uuid.8 >> 6 == 0b10)
        let time = try #require(UInt64(id.replacing("-", with: "").prefix(12), radix: 16))
        // Other tests make keys too, each of which may push the time by the 4096th part of a millisecond.
        #expect(time >= before && time < before + 60_000)
    }

    @Test func `many threads at once get keys in ascending order, none of them twice`() async {
        let all = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<8 { group.addTask { (0..<5000).map { _ in RowID.make() } } }
            return await group.reduce(into: [[String]]()) { $0.append($1) }
        }
        #expect(all.allSatisfy { $0 == $0.sorted() })
        #expect(Set(all.joined()).count == 40_000)
    }
}
