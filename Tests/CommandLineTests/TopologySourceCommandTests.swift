import Foundation
import Testing

@Suite struct TopologySourceCommandTests {
    @Test func aTopologyThatReceivesIsAddedListedAndRemoved() throws {
        let program = try Program()
        try program.succeed("organization", "add", "cafe")
        let added = try program.succeed(
            "topology", "add", "Mesh", "olsr", "--organization", "cafe", "--key", "secret", "--expiration", "60")
        let id = added.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(added.errors == "inputs are sent to /api/v1/network-topology/topology/\(id)/receive/?key=secret\n")
        let list = try program.succeed("topology", "list", "--json").json()
        #expect(list.count == 1 && list.first?["id"] as? String == id && list.first?["label"] as? String == "Mesh")
        #expect(list.first?["organization"] as? String == "cafe" && list.first?["strategy"] as? String == "receive")
        #expect(list.first?["nodes"] as? Int == 0)
        let snapshot = try program.succeed("topology", "snapshot")
        #expect(snapshot.output == "1 stored\n")
        try program.succeed("topology", "remove", id)
        let gone = try program.run("topology", "remove", id)
        #expect(gone.code == 1 && gone.errors == "radian: there is no topology '\(id)'; 'radian topology list' shows them\n")
    }

    @Test func whatCannotBeFetchedIsToldAndTheOthersAreFetched() throws {
        let program = try Program()
        try program.succeed("topology", "add", "Inside", "netjson", "--url", "http://127.0.0.1:9/graph.json")
        try program.succeed("topology", "add", "Sent", "netjson")
        let update = try program.run("topology", "update")
        #expect(update.code == 1)
        #expect(
            update.errors == """
                Inside: The URL leads into a network that is not allowed (topology.allowed_networks)
                Sent: ignored (not using FETCH strategy)

                """)
        let list = try program.succeed("topology", "list", "--json").json()
        #expect((list.first?["failure"] as? String)?.hasPrefix("The URL leads into") == true)
    }

    @Test(arguments: [["--url", "file:///etc/passwd"], ["--key", "a.b"], ["--expiration", "-1"], ["--organization", "nobody"]])
    func whatIsNoTopologyIsRefused(options: [String]) throws {
        let program = try Program()
        try program.succeed("migrate")
        let result = try program.run(["topology", "add", "Mesh", "netjson"] + options)
        #expect(result.code != 0 && result.errors.hasPrefix("radian: "))
        let list = try program.succeed("topology", "list")
        #expect(list.errors == "there are no topologies; 'radian topology add LABEL FORMAT' adds one\n")
    }
}
