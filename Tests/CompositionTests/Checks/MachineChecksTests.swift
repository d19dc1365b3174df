import RADIUSTransport
import Testing

@testable import Composition

@Suite struct MachineChecksTests {
    private static let table = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
        14: 0100007F:0714 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1234 2 0000000000000000 0
        15: 00000000:0715 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1235 2 0000000000000000 17
        16: B80D01200000000000000000010000000:0714 00000000:0000 07 0 0
        17: B80D0120000000000000000001000000:0035 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 9 2 0 3
        """

    @Test func `the kernel's table of sockets`() {
        let sockets = UDPSocketEntry.parse(Self.table)
        #expect(sockets.map(\.local.description) == ["127.0.0.1:1812", "0.0.0.0:1813", "[2001:db8::1]:53"])
        #expect(sockets.map(\.drops) == [0, 17, 3])
    }

    @Test func `a port that another program holds`() throws {
        var scene = try TestScene.make()
        scene.sockets = UDPSocketEntry.parse(Self.table)
        #expect(PortCheck().findings(scene).count == 2)
        scene.statistics = ServerStatistics(startedAt: 0, reloadedAt: 0)
        #expect(PortCheck().findings(scene).isEmpty, "they are ours")
    }

    @Test func `packets thrown away, and a buffer that is too small`() throws {
        var scene = try TestScene.make()
        scene.statistics = ServerStatistics(startedAt: 0, reloadedAt: 0)
        scene.sockets = UDPSocketEntry.parse(Self.table)
        #expect(ReceiveBufferCheck().findings(scene).map(\.severity) == [.error])
        scene.sockets = []
        scene.largestReceiveBuffer = 212_992
        #expect(ReceiveBufferCheck().findings(scene).map(\.severity) == [.warning])
        scene.largestReceiveBuffer = 8 << 20
        #expect(ReceiveBufferCheck().findings(scene).isEmpty)
    }
}
