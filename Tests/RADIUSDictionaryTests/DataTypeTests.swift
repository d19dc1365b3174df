import RADIUSDictionary
import Testing

@Suite struct DataTypeTests {
    static let keywords: [(String, DataType)] = [
        ("string", .text), ("String", .text), ("octets", .octets(length: nil)), ("octets[16]", .octets(length: 16)),
        ("ipaddr", .ipv4), ("ipv4addr", .ipv4), ("ipv6addr", .ipv6), ("ipv4prefix", .ipv4Prefix), ("cidr", .ipv4Prefix),
        ("ipv6prefix", .ipv6Prefix), ("combo-ip", .comboIP), ("ifid", .interfaceID), ("ether", .ethernet), ("byte", .uint8),
        ("uint8", .uint8), ("short", .uint16), ("uint16", .uint16), ("integer", .uint32), ("uint32", .uint32),
        ("integer64", .uint64), ("uint64", .uint64), ("signed", .int32), ("int32", .int32), ("int8", .int8), ("bool", .bool),
        ("date", .date), ("time_delta", .timeDelta), ("float32", .float32), ("abinary", .ascendBinary), ("tlv", .tlv),
        ("struct", .structure), ("union", .union), ("group", .group), ("vsa", .vsa), ("extended", .extended),
        ("long-extended", .longExtended), ("evs", .evs), ("bit[3]", .octets(length: nil)), ("string[12]", .text),
    ]

    @Test(arguments: keywords) func keywordIsUnderstood(_ keyword: String, _ type: DataType) {
        #expect(DataType(keyword: keyword) == type)
    }

    @Test(arguments: keywords) func printedKeywordIsUnderstoodAgain(_ keyword: String, _ type: DataType) {
        #expect(DataType(keyword: type.keyword) == type)
    }

    @Test(arguments: ["", "text", "octets[]", "octets[0]", "octets[254]", "octets[x]", "octets[1", "integer[4]", "[4]", "]"])
    func otherWordsAreNot(_ keyword: String) {
        #expect(DataType(keyword: keyword) == nil)
    }
}
