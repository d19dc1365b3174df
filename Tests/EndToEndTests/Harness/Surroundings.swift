import Foundation
import Glibc
import RADIUSDictionary

/// Where things are and what is free on this machine.
enum Surroundings {
    /// The directory of the built programs: the test program's own.
    static let products = URL(fileURLWithPath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "")
        .deletingLastPathComponent()
    static let radian = products.appending(path: "radian").path
    /// The project's root.
    static let project = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let dictionaries = project.appending(path: "Dictionaries").path
    static let dictionary = Result { try AttributeDictionary.load(dictionaries) }

    static func isInstalled(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }

    /// Makes an empty directory.
    static func temporaryDirectory(_ name: String) throws -> URL {
        let directory = FileManager.default.temporaryDirectory.appending(path: "radian-\(name)-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        return directory
    }

    /// Ports on which nothing listens, below those that the kernel gives to clients.
    static func freePorts(_ count: Int) throws -> [Int] {
        var ports: [Int] = []
        for _ in 0..<1000 where ports.count < count {
            let port = Int.random(in: 20_000..<32_000)
            if !ports.contains(port), isFree(port, SOCK_DGRAM), isFree(port, SOCK_STREAM) { ports.append(port) }
        }
        guard ports.count == count else { throw TimedOut(description: "no \(count) free ports found") }
        return ports
    }

    /// A port on which nothing listens, nor on the one after.
    static func consecutivePorts() throws -> Int {
        for _ in 0..<1000 {
            let port = Int.random(in: 20_000..<32_000)
            if [port, port + 1].allSatisfy({ isFree($0, SOCK_DGRAM) && isFree($0, SOCK_STREAM) }) { return port }
        }
        throw TimedOut(description: "no two free ports found")
    }

    private static func isFree(_ port: Int, _ type: __socket_type) -> Bool {
        let descriptor = socket(AF_INET6, Int32(type.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // Both families: an IPv6 socket without V6ONLY takes IPv4 too.
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = UInt16(port).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) }
        } == 0
    }
}
