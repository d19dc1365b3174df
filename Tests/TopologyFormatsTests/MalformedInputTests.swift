import Testing
import TopologyFormats

/// What is wrong is said with the place where it is.
@Suite struct MalformedInputTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let format: TopologyFormat
        let input: String
        let kind: TopologyFormatError.Kind
        let text: String

        init(_ format: TopologyFormat, _ input: String, _ kind: TopologyFormatError.Kind, _ text: String) {
            self.format = format
            self.input = input
            self.kind = kind
            self.text = text
        }

        var testDescription: String { "\(format) \(text)" }
    }

    static let cases = [
        Case(.netjson, "not a graph", .conversion, "Could not recognize format: no value begins with this (line 1, column 1)"),
        Case(.netjson, "", .conversion, "Could not recognize format: it is empty (line 1, column 1)"),
        Case(.netjson, "{\n  \"é\": 1,\n  \"ß\" 2}", .conversion, "Could not recognize format: ':' is missing (line 3, column 7)"),
        Case(.netjson, "{\"a\": 1} {}", .conversion, "Could not recognize format: something follows the document (line 1, column 10)"),
        Case(.netjson, "[1, 2", .conversion, "Could not recognize format: ',' or ']' is missing (line 1, column 6)"),
        Case(.netjson, "{\"a\": 01}", .conversion, "Could not recognize format: a number begins with a needless 0 (line 1, column 7)"),
        Case(.netjson, "{\"a\": \"b}", .conversion, "Could not recognize format: a text is never closed (line 1, column 7)"),
        Case(.netjson, "[]", .structure, "Parse error, not an object"),
        Case(.netjson, "{\"type\": \"NetworkRoutes\"}", .structure, "Parse error, not a NetworkGraph object"),
        Case(.netjson, "{\"type\": \"NetworkGraph\"}", .structure, "Parse error, \"protocol\" key not found"),
        Case(
            .netjson,
            "{\"type\": \"NetworkGraph\", \"protocol\": null, \"version\": \"1\", \"metric\": null, \"nodes\": [], \"links\": []}",
            .netJSON, "protocol cannot be None"),
        Case(
            .netjson,
            "{\"type\": \"NetworkGraph\", \"protocol\": \"OLSR\", \"version\": null, \"metric\": null, \"nodes\": [], \"links\": []}",
            .netJSON, "version cannot be None except when protocol is \"static\""),
        Case(
            .netjson,
            "{\"type\": \"NetworkGraph\", \"protocol\": \"static\", \"version\": null, \"metric\": null, \"nodes\": [{\"id\": 1}, {\"label\": \"x\"}], \"links\": []}",
            .structure, "Parse error, \"id\" key not found (at $.nodes[1])"),
        Case(
            .netjson,
            "{\"type\": \"NetworkGraph\", \"protocol\": \"static\", \"version\": null, \"metric\": null, \"nodes\": [], \"links\": [{\"source\": \"a\", \"target\": \"b\", \"cost\": \"far\"}]}",
            .structure, "Parse error, \"cost\" is not a number (at $.links[0].cost)"),
        Case(.olsr, "{\"mid\": []}", .structure, "Parse error, \"topology\" key not found"),
        Case(.olsr, "{\"topology\": []}", .structure, "Parse error, \"mid\" key not found"),
        Case(
            .olsr, "{\"topology\": [{\"lastHopIP\": \"a\", \"destinationIP\": \"b\", \"tcEdgeCost\": 1024}], \"mid\": []}", .structure,
            "Parse error, \"linkQuality\" key not found (at $.topology[0])"),
        Case(.olsr, "hello", .structure, "Unrecognized format"),
        Case(.olsr, "Table: Topology\nx\n\nTable: MID\nx", .structure, "Unrecognized format (line 5)"),
        Case(.olsr, "Table: Topology\nx\na\tb\t1\tno\t1\n\nTable: MID\nx\n\n", .structure, "Unrecognized format (line 3)"),
        Case(.batman, "{\"source_version\": \"1\"}", .structure, "Parse error, \"vis\" key not found"),
        Case(.batman, "hello", .structure, "Unrecognized format"),
        Case(.batman, "Table: Topology\nx\na b 0 0 1.0\na b 0\n", .structure, "Unrecognized format (line 4)"),
        Case(
            .batman, "{\"primary\": \"a\"}\n{\"router\": \"a\", \"neighbor\": \"b\"}", .structure,
            "Parse error, \"label\" key not found (at $[1])"),
        Case(.bmx6, "[{\"name\": \"a\"}]", .structure, "Parse error, \"links\" key not found (at $[0])"),
        Case(
            .bmx6, "[{\"name\": \"a\", \"links\": [{\"name\": \"b\", \"txRate\": 1}]}]", .structure,
            "Parse error, \"rxRate\" key not found (at $[0].links[0])"),
        Case(.openvpn, "hello", .conversion, "OpenVPN parsing error: no client list (line 1)"),
        Case(.openvpn, "OpenVPN STATISTICS\nUpdated,x\n", .conversion, "OpenVPN parsing error: this is the status of a client (line 1)"),
        Case(.openvpn, "OpenVPN CLIENT LIST\nUpdated,now\n", .conversion, "OpenVPN parsing error: the end is missing (line 2)"),
        Case(
            .openvpn,
            "OpenVPN CLIENT LIST\nUpdated,now\nCommon Name,Real Address,Bytes Received,Bytes Sent,Connected Since\na,192.0.2.1:1,2,3\n",
            .conversion, "OpenVPN parsing error: 4 columns instead of 5 (line 4)"),
        Case(
            .openvpn,
            "OpenVPN CLIENT LIST\nUpdated,now\nCommon Name,Real Address,Bytes Received,Bytes Sent,Connected Since\na,192.0.2.1:1,2,x,2026-01-01 00:00:00\n",
            .conversion, "OpenVPN parsing error: Bytes Sent is no number (line 4)"),
        Case(
            .openvpn,
            "OpenVPN CLIENT LIST\nUpdated,now\nCommon Name,Real Address,Bytes Received,Bytes Sent,Connected Since\na,192.0.2.1:1,2,3,yesterday\n",
            .conversion, "OpenVPN parsing error: Connected Since is no moment (line 4)"),
        Case(.openvpn, "TITLE,x\nCLIENT_LIST,a\nEND\n", .conversion, "OpenVPN parsing error: no heading for this row (line 2)"),
        Case(.openvpn, "TITLE\tx\nSOMETHING\ta\nEND\n", .conversion, "OpenVPN parsing error: an unknown kind of row (line 2)"),
        Case(.wireguard, "", .structure, "Unrecognized format: it is empty"),
        Case(.wireguard, "wg0\tPRIVATE\tpub\t51820", .structure, "Unrecognized format (line 1)"),
        Case(
            .wireguard, "wg0\tPRIVATE\tpub\t51820\toff\nwg0\tpeer\tPRESHARED\t(none)\t(none)\tsoon\t0\t0\toff", .structure,
            "Unrecognized format (line 2)"),
        Case(.wireguard, "{\"wg0\": {\"peers\": [{\"key\": 1}]}}", .structure, "Parse error, not an object (at $.wg0.peers[0].key)"),
        Case(.zerotier, "{}", .structure, "Parse error, not an array"),
        Case(.zerotier, "[{\"role\": \"LEAF\"}]", .structure, "Parse error, \"latency\" key not found (at $[0])"),
        Case(.cnml, "hello", .structure, "Could not decode CNML data (line 1, column 1)"),
        Case(.cnml, "<cnml>\n <network>\n</cnml>", .structure, "Could not decode CNML data (line 3, column 3)"),
        Case(.cnml, "<cnml>\n <network>\n", .structure, "Could not decode CNML data (line 3, column 1)"),
        Case(.cnml, "<cnml>\n <a b='c' b='d'/></cnml>", .structure, "Could not decode CNML data (line 2, column 11)"),
        Case(.cnml, "", .structure, "Could not decode CNML data (line 1, column 1)"),
        Case(.cnml, "<html/>", .structure, "Could not decode CNML data: it is other XML (line 1)"),
        Case(
            .cnml, "<cnml>\n<link id=\"1\"/></cnml>", .structure,
            "Could not decode CNML data: a link has no id or no linked_interface_id (line 2)"),
        Case(
            .cnml, "<?xml version=\"1.0\"?>\n<!DOCTYPE cnml [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<cnml>&x;</cnml>", .structure,
            "Could not decode CNML data: it declares a document type (line 2)"),
        Case(.freifunk, "{\"timestamp\": 1}", .structure, "Parse error, \"nodes\" key not found"),
        Case(
            .freifunk, "{\"batadv\": {\"nodes\": [{\"id\": \"a\"}], \"links\": [{\"source\": 0, \"target\": 1, \"tq\": 1}]}}", .structure,
            "Parse error, \"target\" is not the number of a node (at $.batadv.links[0].target)"),
        Case(
            .olsrv2, "{\"type\": \"NetworkCollection\", \"collection\": []}", .structure,
            "Parse error, no NetworkGraph object in the collection"),
        Case(.babel, "", .conversion, "Could not recognize format: it is empty"),
        Case(.babel, "hello", .conversion, "Could not recognize format (line 1)"),
        Case(
            .babel, "BABEL 1.0\nversion babeld-1.12\nmy-id 02::1\nok\nadd interface wlan0 up true\n", .structure,
            "Parse error, the end is missing (line 5)"),
        Case(.babel, "BABEL 1.0\nok\nok\n", .structure, "Parse error, \"my-id\" key not found (line 3)"),
        Case(
            .babel, "BABEL 1.0\nmy-id 02::1\nok\nadd neighbour 1 address fe80::1 if wlan0 cost much\nok\n", .structure,
            "Parse error, \"cost\" is not a number (line 4)"),
    ]

    @Test(arguments: cases) func isAnErrorWithItsPlace(_ one: Case) throws {
        let error = try #require(one.format.failure(one.input))
        #expect(error.kind == one.kind)
        #expect(error.description == one.text)
    }

    @Test(arguments: cases) func errorsRepeatNoValue(_ one: Case) throws {
        let error = try #require(one.format.failure(one.input))
        #expect(!error.description.contains("PRIVATE") && !error.description.contains("PRESHARED"))
    }

    @Test(arguments: TopologyFormat.allCases) func whatIsNoTextIsNamedWithItsLine(format: TopologyFormat) {
        for octets in [[0xFF], [0x00], [0xC3, 0x28]] as [[UInt8]] {
            let error = #expect(throws: TopologyFormatError.self) {
                try format.parse(Array("{\n".utf8) + octets, options: TopologyParseOptions(time: 0))
            }
            #expect(error?.description == "Could not recognize format: it is not text in UTF-8 (line 2)")
        }
    }

    @Test(arguments: TopologyFormat.allCases) func tooLongIsRefused(format: TopologyFormat) {
        let error = #expect(throws: TopologyFormatError.self) {
            try format.parse(Array("{        }".utf8), options: TopologyParseOptions(time: 0, sizeLimit: 9))
        }
        #expect(error?.description == "Could not recognize format: it is longer than 9 octets")
    }

    /// A hostile input must not exhaust the stack.
    @Test func nestingIsBounded() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(TopologyFormat.netjson.failure(deep)?.message == "Could not recognize format: more than 64 values are nested")
        let elements = "<cnml>" + String(repeating: "<zone>", count: 10_000)
        #expect(TopologyFormat.cnml.failure(elements)?.message.contains("nested") == true)
    }
}
