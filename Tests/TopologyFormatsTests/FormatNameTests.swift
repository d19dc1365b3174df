import Testing
import TopologyFormats

@Suite struct FormatNameTests {
    @Test(arguments: TopologyFormat.allCases) func bothNamesLeadBack(format: TopologyFormat) {
        #expect(TopologyFormat(name: format.rawValue) == format)
        #expect(TopologyFormat(name: format.identifier) == format)
    }

    @Test func clientsOfOpenWISPFindTheirs() {
        #expect(TopologyFormat(name: "netdiff.BmxParser") == .bmx6)
        #expect(TopologyFormat(name: "netdiff.Bmx6Parser") == .bmx6)
        #expect(TopologyFormat.olsr.label == "OLSRd (txtinfo/jsoninfo)")
        #expect(TopologyFormat(name: "netdiff.FooParser") == nil)
    }

    @Test(arguments: ["", "hello", "{}", "[]", "[1]", "{\"a\": {\"b\": 1}}", "{\"type\"", "\u{0}"]) func nothingIsRecognized(text: String) {
        #expect(TopologyFormat.recognized(in: Array(text.utf8), options: TopologyParseOptions(time: 0)) == nil)
    }
}
