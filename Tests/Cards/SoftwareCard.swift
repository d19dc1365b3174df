import Digests
import EAP
import Foundation
import Glibc

/// A SIM card that answers wpa_supplicant over its control interface (`external_sim=1`).
///
/// `@unchecked Sendable`: `lock` guards what both threads touch.
public final class SoftwareCard: @unchecked Sendable {
    private let milenage: Milenage
    private let lock = NSLock()
    private var isStopped = false
    /// Highest sequence number seen.
    private var sequence: UInt64

    /// - Parameters:
    ///   - key: K, 32 hexadecimal digits.
    ///   - opc: 32 hexadecimal digits.
    public init?(key: String, opc: String, sequence: UInt64 = 0) {
        guard let milenage = Milenage(key: Self.octets(key), opc: Self.octets(opc)) else { return nil }
        self.milenage = milenage
        self.sequence = sequence
    }

    /// Attaches to the control socket at `path` as soon as it is there, and answers until stopped.
    public func serve(_ path: String) {
        Thread.detachNewThread { self.run(path) }
    }

    public func stop() { lock.withLock { isStopped = true } }

    private func run(_ path: String) {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(socket) }
        var wait = timeval(tv_sec: 0, tv_usec: 20_000)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        guard with(path + ".card", { bind(socket, $0, $1) }) == 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        var isAttached = false
        while !lock.withLock({ isStopped }) {
            if !isAttached {
                // Reading from a socket without peer waits the receive timeout, so that this does not spin.
                isAttached = with(path, { connect(socket, $0, $1) }) == 0 && send("ATTACH", socket)
            }
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0, let reply = answer(String(decoding: buffer[..<count], as: UTF8.self)) else { continue }
            _ = send(reply, socket)
        }
    }

    private func send(_ text: String, _ socket: Int32) -> Bool {
        let bytes = Array(text.utf8)
        return Glibc.send(socket, bytes, bytes.count, 0) == bytes.count
    }

    private func with(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }

    /// `<3>CTRL-REQ-SIM-0:GSM-AUTH:rand:rand needed for SSID` and `…:UMTS-AUTH:rand:autn needed …`.
    private func answer(_ text: String) -> String? {
        guard let start = text.range(of: "CTRL-REQ-SIM-")?.upperBound else { return nil }
        let fields = text[start...].prefix { $0 != " " }.split(separator: ":").map(String.init)
        guard fields.count > 2 else { return nil }
        let values = fields.dropFirst(2).map(Self.octets)
        let result = fields[1] == "GSM-AUTH" ? gsm(values) : umts(values[0], values[1])
        return "CTRL-RSP-SIM-\(fields[0]):\(result)"
    }

    private static func octets(_ digits: String) -> [UInt8] { Hexadecimal.decode(digits.utf8) ?? [] }

    private func gsm(_ rands: [[UInt8]]) -> String {
        let answers = rands.map(milenage.triplet).map { "\(Hexadecimal.encode($0.kc)):\(Hexadecimal.encode($0.sres))" }
        return "GSM-AUTH:" + answers.joined(separator: ":")
    }

    private func umts(_ rand: [UInt8], _ autn: [UInt8]) -> String {
        let (res, ck, ik, ak, akStar) = milenage.response(rand: rand)
        let sqn = zip(autn, ak).map { $0 ^ $1 }
        guard autn.count == 16,
            milenage.authenticationCodes(rand: rand, sqn: sqn, amf: Array(autn[6..<8])).macA == Array(autn[8...])
        else { return "UMTS-FAIL" }
        let number = sqn.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard number > sequence else {
            let own = (0..<6).map { UInt8(truncatingIfNeeded: sequence >> UInt64(40 - 8 * $0)) }
            let macS = milenage.authenticationCodes(rand: rand, sqn: own, amf: [0, 0]).macS
            return "UMTS-AUTS:" + Hexadecimal.encode(zip(own, akStar).map { $0 ^ $1 } + macS)
        }
        sequence = number
        return "UMTS-AUTH:\(Hexadecimal.encode(ik)):\(Hexadecimal.encode(ck)):\(Hexadecimal.encode(res))"
    }
}
