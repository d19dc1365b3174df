import Foundation
import RADIUSCapture
import RADIUSDictionary
import RADIUSTransport
import RADIUSWire

/// A captured packet as `radian radius sniff` prints it; secrets are masked.
struct ObservedPacket: Encodable {
    struct Value: Encodable {
        var name: String
        var value: String
    }

    var time: String
    var source: String
    var destination: String
    var code: String
    var identifier: Int
    var length: Int
    var proof: Proof
    var retransmission: Int
    /// Of a reply whose request was seen.
    var latencyMilliseconds: Double?
    var attributes: [Value]

    init(_ observation: Observation, _ dictionary: AttributeDictionary) {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        time = Date(timeIntervalSince1970: Double(observation.frame.epochMicroseconds) / 1e6).formatted(style)
        source = observation.datagram.source.description
        destination = observation.datagram.destination.description
        code = observation.packet.code.name
        identifier = Int(observation.packet.identifier)
        length = observation.packet.bytes.count
        proof = observation.proof
        retransmission = observation.retransmission
        latencyMilliseconds = observation.latencyMicroseconds.map { Double($0) / 1000 }
        attributes = observation.attributes(dictionary).map { attribute in
            Value(name: attribute.printedName, value: attribute.isSecret ? SecretMask.text : attribute.printedValue)
        }
    }

    /// One line about the packet as a whole.
    var heading: String {
        var text = "\(time) \(source) -> \(destination) \(code) id \(identifier), \(length) octets"
        if let latencyMilliseconds { text += ", after \(latencyMilliseconds) ms" }
        if retransmission > 0 { text += ", sent again (\(retransmission))" }
        switch proof {
        case .good: break
        case .bad: text += ", WRONG SECRET"
        case .absent: text += ", no Message-Authenticator"
        case .unknown: text += ", not verified"
        }
        return text
    }
}

extension CaptureSummary {
    /// For people.
    var lines: [String] {
        var lines = packets.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        if lines.isEmpty { lines = ["no RADIUS packets"] }
        if retransmissions > 0 { lines.append("\(retransmissions) requests were sent again") }
        if unanswered > 0 { lines.append("\(unanswered) requests got no reply") }
        for (nas, count) in wrongSecret.sorted(by: { $0.key < $1.key }) { lines.append("\(nas): \(count) packets with a wrong secret") }
        for (nas, count) in withoutMessageAuthenticator.sorted(by: { $0.key < $1.key }) {
            lines.append("\(nas): \(count) Access-Requests without Message-Authenticator (BlastRADIUS)")
        }
        if malformed > 0 { lines.append("\(malformed) datagrams are no RADIUS packets") }
        if fragments > 0 { lines.append("\(fragments) parts of larger datagrams were not looked at") }
        if let latency {
            func text(_ milliseconds: Double) -> String { String(format: "%.3f", milliseconds) }
            lines.append(
                "latency in ms of \(latency.count) replies: average \(text(latency.average)), median \(text(latency.median)), "
                    + "95 % \(text(latency.percentile95)), 99 % \(text(latency.percentile99)), longest \(text(latency.longest))")
        }
        return lines
    }
}
