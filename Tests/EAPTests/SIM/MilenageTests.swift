import Digests
import Testing

@testable import EAP

@Suite struct MilenageTests {
    struct TestSet: Sendable {
        var k, rand, sqn, amf, op, opc, macA, macS, res, ak, ck, ik, akStar: String
    }

    /// TS 35.207 §3–§6, sets 1 to 5.
    static let testSets = [
        TestSet(
            k: "465b5ce8b199b49faa5f0a2ee238a6bc", rand: "23553cbe9637a89d218ae64dae47bf35", sqn: "ff9bb4d0b607", amf: "b9b9",
            op: "cdc202d5123e20f62b6d676ac72cb318", opc: "cd63cb71954a9f4e48a5994e37a02baf", macA: "4a9ffac354dfafb3",
            macS: "01cfaf9ec4e871e9", res: "a54211d5e3ba50bf", ak: "aa689c648370", ck: "b40ba9a3c58b2a05bbf0d987b21bf8cb",
            ik: "f769bcd751044604127672711c6d3441", akStar: "451e8beca43b"),
        TestSet(
            k: "0396eb317b6d1c36f19c1c84cd6ffd16", rand: "c00d603103dcee52c4478119494202e8", sqn: "fd8eef40df7d", amf: "af17",
            op: "ff53bade17df5d4e793073ce9d7579fa", opc: "53c15671c60a4b731c55b4a441c0bde2", macA: "5df5b31807e258b0",
            macS: "a8c016e51ef4a343", res: "d3a628ed988620f0", ak: "c47783995f72", ck: "58c433ff7a7082acd424220f2b67c556",
            ik: "21a8c1f929702adb3e738488b9f5c5da", akStar: "30f1197061c1"),
        TestSet(
            k: "fec86ba6eb707ed08905757b1bb44b8f", rand: "9f7c8d021accf4db213ccff0c7f71a6a", sqn: "9d0277595ffc", amf: "725c",
            op: "dbc59adcb6f9a0ef735477b7fadf8374", opc: "1006020f0a478bf6b699f15c062e42b3", macA: "9cabc3e99baf7281",
            macS: "95814ba2b3044324", res: "8011c48c0c214ed2", ak: "33484dc2136b", ck: "5dbdbb2954e8f3cde665b046179a5098",
            ik: "59a92d3b476a0443487055cf88b2307b", akStar: "deacdd848cc6"),
        TestSet(
            k: "9e5944aea94b81165c82fbf9f32db751", rand: "ce83dbc54ac0274a157c17f80d017bd6", sqn: "0b604a81eca8", amf: "9e09",
            op: "223014c5806694c007ca1eeef57f004f", opc: "a64a507ae1a2a98bb88eb4210135dc87", macA: "74a58220cba84c49",
            macS: "ac2cc74a96871837", res: "f365cd683cd92e96", ak: "f0b9c08ad02e", ck: "e203edb3971574f5a94b0d61b816345d",
            ik: "0c4524adeac041c4dd830d20854fc46b", akStar: "6085a86c6f63"),
        TestSet(
            k: "4ab1deb05ca6ceb051fc98e77d026a84", rand: "74b0cd6031a1c8339b2b6ce2b8c4a186", sqn: "e880a1b580b6", amf: "9f07",
            op: "2d16c5cd1fdf6b22383584e3bef2a8d8", opc: "dcf07cbd51855290b92a07a9891e523e", macA: "49e785dd12626ef2",
            macS: "9e85790336bb3fa2", res: "5860fc1bce351e7e", ak: "31e11a609118", ck: "7657766b373d1c2138f307e3de9242f9",
            ik: "1c42e960d89b8fa99f2744e0708ccb53", akStar: "fe2555e54aa9"),
    ]

    @Test(arguments: testSets)
    func functions(_ set: TestSet) throws {
        let key = octets(set.k)
        #expect(Milenage.opc(key: key, op: octets(set.op)) == octets(set.opc))
        let milenage = try #require(Milenage(key: key, opc: octets(set.opc)))
        let codes = milenage.authenticationCodes(rand: octets(set.rand), sqn: octets(set.sqn), amf: octets(set.amf))
        #expect(codes.macA == octets(set.macA))
        #expect(codes.macS == octets(set.macS))
        let response = milenage.response(rand: octets(set.rand))
        #expect(response.res == octets(set.res))
        #expect(response.ck == octets(set.ck))
        #expect(response.ik == octets(set.ik))
        #expect(response.ak == octets(set.ak))
        #expect(response.akStar == octets(set.akStar))
    }

    @Test func keysOfAnotherLengthAreRefused() {
        #expect(Milenage(key: [1], opc: [UInt8](repeating: 0, count: 16)) == nil)
        #expect(Milenage.opc(key: [UInt8](repeating: 0, count: 16), op: []) == nil)
    }

    @Test func subscriberFile() throws {
        let vectors = try MilenageVectors(
            """
            # a comment

            232010000000000 465b5ce8b199b49faa5f0a2ee238a6bc cd63cb71954a9f4e48a5994e37a02baf 61df 000000000000 # the first
            """)
        #expect(throws: AKAVectorError.unknownSubscriber) { try vectors.triplets(imsi: "232010000000001", count: 3) }
        let triplets = try vectors.triplets(imsi: "232010000000000", count: 3)
        #expect(triplets.count == 3)
        #expect(triplets.allSatisfy { $0.rand.count == 16 && $0.sres.count == 4 && $0.kc.count == 8 })
        #expect(throws: SubscriberFileError(line: 2)) { try MilenageVectors("\n232010000000000 46 cd 61df 0") }
        let bound = try vectors.quintuplet(imsi: "232010000000000", networkName: Array("WLAN".utf8))
        #expect(bound.autn[6] == 0xe1)
    }

    @Test func sequenceNumbersGrowAndFollowTheCard() throws {
        let vectors = try MilenageVectors(
            "232010000000000 465b5ce8b199b49faa5f0a2ee238a6bc cd63cb71954a9f4e48a5994e37a02baf 0000 000000000000")
        let card = try #require(
            Milenage(key: octets("465b5ce8b199b49faa5f0a2ee238a6bc"), opc: octets("cd63cb71954a9f4e48a5994e37a02baf")))
        func sequence(_ vector: AKAQuintuplet) -> [UInt8] {
            zip(vector.autn.prefix(6), card.response(rand: vector.rand).ak).map { $0 ^ $1 }
        }
        #expect(sequence(try vectors.quintuplet(imsi: "232010000000000", networkName: nil)) == [0, 0, 0, 0, 0, 32])
        let rand = [UInt8](repeating: 7, count: 16)
        let cards: [UInt8] = [0, 0, 0, 0x12, 0x34, 0x40]
        let macS = card.authenticationCodes(rand: rand, sqn: cards, amf: [0, 0]).macS
        let auts = zip(cards, card.response(rand: rand).akStar).map { $0 ^ $1 } + macS
        try vectors.resynchronise(imsi: "232010000000000", rand: rand, auts: auts)
        #expect(sequence(try vectors.quintuplet(imsi: "232010000000000", networkName: nil)) == [0, 0, 0, 0x12, 0x34, 0x60])
        #expect(throws: AKAVectorError.wrongSynchronisation) {
            try vectors.resynchronise(imsi: "232010000000000", rand: rand, auts: auts.dropLast() + [auts[13] ^ 1])
        }
    }

    @Test func tripletFile() throws {
        let file = try TripletVectors(
            """
            244070100000001:a0a1a2a3a4a5a6a7:d1d2d3d4:101112131415161718191a1b1c1d1e1f
            244070100000001:b0b1b2b3b4b5b6b7:e1e2e3e4:202122232425262728292a2b2c2d2e2f
            """)
        #expect(try file.triplets(imsi: "244070100000001", count: 3).map(\.sres) == [octets("d1d2d3d4"), octets("e1e2e3e4")])
        #expect(throws: AKAVectorError.unavailable("triplets only")) {
            try file.quintuplet(imsi: "244070100000001", networkName: nil)
        }
        #expect(throws: SubscriberFileError(line: 1)) { try TripletVectors("244070100000001:a0:d1d2d3d4:10") }
    }
}

/// The octets of a hexadecimal vector; empty when it is none.
func octets(_ digits: String) -> [UInt8] {
    Hexadecimal.decode(digits.filter { !$0.isWhitespace }.utf8) ?? []
}
