import Foundation
import NIOConcurrencyHelpers
import RADIUSClient
import RADIUSDictionary
import RADIUSWire
import Testing

/// The gateway's side of one visitor: asks Radian whether to let that one in, and tells of the session, by the packets of a real client.
final class GatewayDevice: Sendable {
    /// How the password goes to RADIUS.
    enum Proof: Sendable {
        case pap(String)
        /// As the gateway got it: identifier, response and challenge (RFC 2865 §5.3).
        case chap(UInt8, [UInt8], [UInt8])
        /// The device's address alone.
        case station
    }

    private struct State {
        var isOpen = false
        var username = ""
        var replies: [ClientReply] = []
        var sessions = 0
        var requests: [String] = []
    }

    let server: PortalServer
    /// With colons.
    let station: String
    let address: String
    let identifier: String
    /// Where its packets come from, and go to.
    private let loopback: String
    private let state = NIOLockedValueBox(State())
    private static let next = NIOLockedValueBox(0)

    /// NAS-Identifier, which tells the organizations' gateways apart.
    private let organization: String

    /// - Parameters:
    ///   - organization: whose gateway it is.
    ///   - loopback: `::1` for the NAS that is known as Cisco's.
    init(_ server: PortalServer, identifier: String, organization: String, loopback: String = "127.0.0.1") {
        self.organization = organization
        let number = Self.next.withLockedValue { number in
            number += 1
            return number
        }
        self.server = server
        self.identifier = identifier
        self.loopback = loopback
        station = String(format: "02:00:00:00:%02X:%02X", number >> 8, number & 255)
        address = "10.77.\(number >> 8).\(number & 255)"
    }

    var isOpen: Bool { state.withLockedValue { $0.isOpen } }
    /// Whether RADIUS accepted the last time; nil where it was not asked, or did not answer.
    var isAccepted: Bool? { state.withLockedValue { $0.replies.last.map { $0.verdict == .accepted } } }
    /// Attributes of the last reply as `Name = value`, without quotation marks.
    var reply: [String] {
        state.withLockedValue { $0.replies.last?.attributes ?? [] }.map { attribute in
            "\(attribute.definition.name) = \(attribute.printedValue.filter { $0 != "\"" })"
        }
    }
    var replyCount: Int { state.withLockedValue { $0.replies.count } }
    /// What came to it, for what must not be in there.
    var requests: [String] { state.withLockedValue { $0.requests } }
    var sessionID: String { "\(identifier)-\(station.filter(\.isHexDigit))-\(state.withLockedValue { $0.sessions })" }

    func note(_ request: GatewayRequest) {
        state.withLockedValue { $0.requests.append("\(request.method) \(request.target) \(request.body)") }
    }

    /// Lets in without asking, as gateways do that are told so.
    func open() { state.withLockedValue { $0.isOpen = true } }

    private func attributes(_ username: String) throws -> [Attribute] {
        try [
            server.attribute("User-Name", username), server.attribute("Calling-Station-Id", station.replacing(":", with: "-")),
            server.attribute("Called-Station-Id", "02-AA-00-00-00-01:guests"), server.attribute("NAS-Identifier", organization),
            server.attribute(loopback.contains(":") ? "NAS-IPv6-Address" : "NAS-IP-Address", loopback),
            server.attribute("Framed-IP-Address", address),
        ]
    }

    /// Sends an Access-Request, and the session's start after an Accept.
    func authenticate(_ username: String, _ proof: Proof) -> Bool {
        do {
            var request = CustomRequest(code: .accessRequest, attributes: try attributes(username))
            switch proof {
            case .pap(let password): request.password = CustomRequest.Password(.pap, password)
            case .chap(let id, let response, let challenge):
                request.attributes.append(try server.attribute("CHAP-Password", octets: [id] + response))
                request.attributes.append(try server.attribute("CHAP-Challenge", octets: challenge))
            case .station:
                request.password = CustomRequest.Password(.pap, username)
                request.attributes.append(try server.attribute("Service-Type", "Call-Check"))
            }
            let reply = try server.authentication(loopback).perform(request)
            state.withLockedValue { $0.replies.append(reply) }
            guard reply.verdict == .accepted else { return false }
            if case .station = proof { return true }
            try start(username)
            return true
        } catch {
            Issue.record("\(identifier) got no answer from RADIUS: \(error)")
            return false
        }
    }

    func start(_ username: String) throws {
        state.withLockedValue { state in
            state.isOpen = true
            state.username = username
            state.sessions += 1
        }
        try account(.start)
    }

    /// Ends the session; nothing where there is none.
    func stop() {
        guard isOpen else { return }
        if !state.withLockedValue({ $0.username.isEmpty }) { try? account(.stop) }
        state.withLockedValue { $0.isOpen = false }
    }

    private func account(_ status: Exchange.AccountingStatus) throws {
        let attributes = try attributes(state.withLockedValue { $0.username }) + [server.attribute("Acct-Session-Id", sessionID)]
        _ = try server.accounting(loopback).account(status, attributes: attributes)
    }
}
