import Foundation
import RADIUSCapture
import RADIUSTransport
import RADIUSWire
import Testing

@Suite
struct CaptureFileTests {
    /// A login, an accounting record with a wrong secret, and TCP noise.
    private func write(_ path: String) throws {
        let file = try CaptureFile(path: path, linkType: 1)
        let request = try TestPacket.access(7)
        let reply = try TestPacket.reply(.accessAccept, to: request)
        let accounting = try TestPacket.request(.accountingRequest, 9)
        var noise = try TestFrame.udp([0, 0, 0, 0])
        noise[9] = 6
        try file.append(TestFrame.frame(TestFrame.udp(request.bytes), at: 0))
        try file.append(TestFrame.frame(TestFrame.udp(reply.bytes, from: TestFrame.server, to: TestFrame.nas), at: 1500))
        try file.append(TestFrame.frame(TestFrame.udp(accounting.bytes, to: "192.0.2.1:1813"), at: 2000))
        try file.append(TestFrame.frame(noise, at: 3000))
        try file.append(TestFrame.frame(TestFrame.udp([1, 2, 3], to: "192.0.2.1:53"), at: 4000))
    }

    @Test("what is written is read again, through a filter")
    func roundTrip() throws {
        let directory = try TestDirectory()
        try write(directory.path + "/a.pcap")
        let source = try CaptureSource(file: directory.path + "/a.pcap")
        #expect(source.linkType == 1)
        try source.filter(CaptureFilter.expression(ports: [1812, 1813], linkType: source.linkType))
        var matcher = ExchangeMatcher { _ in [testSecret] }
        var seen: [(PacketCode, Proof, Int64)] = []
        while case .frame(let frame) = try source.next() {
            guard case .datagram(let datagram) = FrameContent(frame, linkType: source.linkType),
                let observation = matcher.observe(datagram, in: frame)
            else { continue }
            seen.append((observation.packet.code, observation.proof, frame.epochMicroseconds))
        }
        #expect(seen.map(\.0) == [.accessRequest, .accessAccept, .accountingRequest])
        #expect(seen.map(\.1) == [.good, .good, .good])
        #expect(seen.map(\.2).map { $0 - 1_700_000_000_000_000 } == [0, 1500, 2000])
    }

    @Test("every link layer takes the filter", arguments: [1, 12, 113, 276] as [Int32])
    func filters(linkType: Int32) throws {
        let directory = try TestDirectory()
        let path = directory.path + "/a.pcap"
        try CaptureFile(path: path, linkType: linkType).append(CapturedFrame(epochMicroseconds: 0, octets: [1, 2, 3]))
        try CaptureSource(file: path).filter(CaptureFilter.expression(ports: CaptureFilter.usualPorts, linkType: linkType))
    }

    @Test("errors say what is wrong")
    func errors() throws {
        #expect(throws: CaptureError.self) { try CaptureSource(file: "/nowhere/a.pcap") }
        #expect(throws: CaptureError.self) { try CaptureSource(interface: "no-such-interface-0") }
        let directory = try TestDirectory()
        try write(directory.path + "/a.pcap")
        #expect(throws: CaptureError.self) { try CaptureSource(file: directory.path + "/a.pcap").filter("prot udp") }
        #expect(throws: CaptureError.self) { try CaptureFile(path: "/nowhere/b.pcap", linkType: 1) }
    }

    @Test("a capture that is stopped ends")
    func stop() throws {
        let directory = try TestDirectory()
        try write(directory.path + "/a.pcap")
        let source = try CaptureSource(file: directory.path + "/a.pcap")
        source.stop()
        guard case .end = try source.next() else {
            Issue.record("goes on")
            return
        }
    }

    private static let tsharkPath = "/usr/bin/tshark"
    private static let radsniffPath = "/usr/bin/radsniff"

    @Test("tshark reads our file and agrees", .enabled(if: FileManager.default.isExecutableFile(atPath: tsharkPath)))
    func tshark() throws {
        let directory = try TestDirectory()
        try write(directory.path + "/a.pcap")
        let output = try run(
            Self.tsharkPath,
            [
                "-r", directory.path + "/a.pcap", "-o", "radius.shared_secret:testing123", "-o", "radius.validate_authenticator:TRUE", "-Y",
                "radius", "-T", "fields", "-e", "radius.code", "-e", "radius.id", "-e", "radius.time", "-e",
                "radius.authenticator.invalid",
            ])
        let lines = output.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
        #expect(lines.map { $0[0] } == ["1", "2", "4"])
        #expect(lines.map { $0[1] } == ["7", "7", "9"])
        #expect(Double(lines[1][2]) == 0.0015)
        #expect(lines.allSatisfy { $0[3] != "1" && $0[3].lowercased() != "true" }, "\(lines)")
    }

    @Test("radsniff reads our file and agrees", .enabled(if: FileManager.default.isExecutableFile(atPath: radsniffPath)))
    func radsniff() throws {
        let directory = try TestDirectory()
        try write(directory.path + "/a.pcap")
        let output = try run(Self.radsniffPath, ["-I", directory.path + "/a.pcap", "-s", "testing123", "-x"])
        #expect(output.contains("Access-Request Id 7"))
        #expect(output.contains("Access-Accept Id 7"))
        #expect(output.contains("+0.001"))
    }

    private func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
