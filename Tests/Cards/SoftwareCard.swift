import Digests
import EAP
import Foundation

/// A SIM card that answers wpa_supplicant over its control interface (`external_sim=1`).
///
/// `@unchecked Sendable`: `lock` guards what both threads touch.
public final class SoftwareCard: @unchecked Sendable {
    private let milenage: Milenage
    private let lock = NSLock()
    private var control: SupplicantControl?
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
        let control = SupplicantControl { [weak self] in self?.answer($0) }
        lock.withLock { self.control = control }
        control.serve(path)
    }

    public func stop() { lock.withLock { control?.stop() } }

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
