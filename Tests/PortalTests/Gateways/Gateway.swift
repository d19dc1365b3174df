import Foundation
import NIOConcurrencyHelpers
import Testing

/// One visitor at one simulated gateway.
final class GatewayVisit: Sendable {
    let server: PortalServer
    let device: GatewayDevice
    /// Of the gateway, as the browser knows it.
    let host: String
    /// Address of the organization's login page.
    let portal: String
    /// A value of the gateway's own, such as a challenge, new for each visit.
    let secret = (0..<16).map { _ in UInt8.random(in: 0...255) }

    private static let visits = NIOLockedValueBox<[String: GatewayVisit]>([:])

    init(_ gateway: Gateway, _ server: PortalServer) {
        self.server = server
        device = GatewayDevice(server, identifier: gateway.name, organization: gateway.organization, loopback: gateway.loopback)
        host = "\(gateway.name)-\(device.station.suffix(5).filter(\.isHexDigit).lowercased()).nas.test"
        portal = "\(server.origin)/login/\(gateway.organization)/"
        Self.visits.withLockedValue { $0[device.station] = self }
        server.disconnects.serve(device.station.replacing(":", with: "-")) { [device] _, _ in
            guard device.isOpen else { return false }
            device.stop()
            return true
        }
    }

    /// The visit of a device, for controllers that are told its address in any notation.
    static func of(_ station: String) -> GatewayVisit? {
        let digits = station.filter(\.isHexDigit).uppercased()
        return visits.withLockedValue { visits in visits.first { $0.key.filter(\.isHexDigit) == digits }?.value }
    }

    /// With hyphens.
    var station: String { device.station.replacing(":", with: "-") }

    /// An address with fields in its query.
    static func address(_ base: String, _ fields: [(String, String)]) -> String {
        let unreserved = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        let query = fields.map { name, value in "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: unreserved) ?? "")" }
        return base + (base.contains("?") ? "&" : "?") + query.joined(separator: "&")
    }

    func toPortal(_ fields: [(String, String)]) -> GatewayAnswer { .redirect(Self.address(portal, fields)) }
}

/// A kind of gateway: what it sends browsers to login pages with, and what it does with what comes back.
struct Gateway: Sendable, CustomTestStringConvertible {
    /// How a session ends when the visitor logs out on the page.
    enum Exit: Sendable {
        /// By an address of the gateway, or by calls to its controller.
        case gateway
        /// By a Disconnect-Request.
        case disconnect
        /// Nobody can.
        case never
    }

    var name: String
    var organization = "demo"
    var loopback = "127.0.0.1"
    /// Its own pages need scripts.
    var needsScripts = false
    var asksRADIUS = true
    /// The browser stays on a page of the gateway.
    var keepsBrowser = false
    var exit = Exit.gateway
    /// Sends the browser back to the login page after a reject.
    var tellsRejection = true
    var handler: @Sendable (GatewayVisit) -> GatewayServer.Handler

    var testDescription: String { name }

    /// A gateway that gets a form with name and password, and asks RADIUS by PAP.
    /// - Parameters:
    ///   - arrival: fields that the browser comes to the login page with.
    ///   - path: where the form goes.
    ///   - names: the form's fields for name, password and destination.
    ///   - rejected: fields that are added, or replaced, after a reject; nil where the gateway keeps that to itself.
    ///   - logout: where sessions end; nil for a gateway that knows only Disconnect-Requests.
    static func form(
        _ name: String, path: String, _ names: (user: String, password: String, destination: String), rejected: [(String, String)]?,
        logout: String?, arrival: @escaping @Sendable (GatewayVisit) -> [(String, String)]
    ) -> Gateway {
        Gateway(name: name, exit: logout == nil ? .disconnect : .gateway, tellsRejection: rejected != nil) { visit in
            { request in
                visit.device.note(request)
                if request.path == logout, logout != path || request["cmd"] == "logout" {
                    visit.device.stop()
                    return .page("Logged out")
                }
                guard request.path == path else { return request.path == "/" ? visit.toPortal(arrival(visit)) : .missing }
                guard request.method == "POST", let user = request.form[names.user], let password = request.form[names.password] else {
                    return .page("Wrong form")
                }
                if visit.device.authenticate(user, .pap(password)) {
                    return request[names.destination].map { .redirect($0) } ?? .page("Welcome")
                }
                let again = arrival(visit).filter { field in !(rejected ?? []).contains { $0.0 == field.0 } }
                return rejected.map { visit.toPortal(again + $0) } ?? .page("Login failed")
            }
        }
    }
}
