/// Logs a client of a SmartZone controller in or out by its northbound interface; the controller asks RADIUS.
public struct SmartZoneCalls: CallMachine, Equatable {
    public enum Action: Sendable, Equatable {
        case login(username: String, password: String)
        case logout
    }

    /// How often a login that goes on is asked about, and how long to wait in between.
    private static let maximumPolls = 10
    private static let pause = 500

    let controller: CaptiveController
    let action: Action
    /// As the redirect had it, encrypted or not.
    let mac: String
    /// As the redirect had it, encrypted or not.
    let address: String
    let proxy: String
    private var polls = 0

    init(controller: CaptiveController, action: Action, mac: String, address: String, proxy: String) {
        self.controller = controller
        self.action = action
        self.mac = mac
        self.address = address
        self.proxy = proxy
    }

    mutating func start() -> HTTPCall {
        polls = 0
        return switch action {
        case .login(let username, let password):
            request("Login", [("UE-Username", .text(username)), ("UE-Password", .text(password))])
        case .logout: request("Logout", [])
        }
    }

    mutating func receive(_ reply: HTTPReply) -> CaptiveCalls.Step {
        if let problem = reply.problem { return .failed(problem) }
        guard let json = reply.json, let code = json["ResponseCode"]?.integer else { return .failed(.controllerFault) }
        switch code {
        case 101 where action != .logout, 201: return .done
        case 100 where action == .logout, 200 where action == .logout: return .done
        case 202:
            guard polls < Self.maximumPolls else { return .failed(.radiusTimeout) }
            polls += 1
            return .call(request("Status", [], after: Self.pause))
        case 100: return .failed(.wrongPassword)
        case 301:
            let problem = CaptiveProblem(reply: json["ReplyMessage"]?.string ?? "")
            return .failed(problem == .refused ? .wrongPassword : problem)
        case 306: return .failed(.controllerRefused)
        case 401: return .failed(.radiusTimeout)
        default: return .failed(.controllerFault)
        }
    }

    private func request(_ type: String, _ more: [(String, CaptiveJSON)], after delay: Int = 0) -> HTTPCall {
        let members: [(String, CaptiveJSON)] =
            [
                ("Vendor", .text("ruckus")), ("RequestPassword", .text(controller.password)), ("APIVersion", .text("1.0")),
                ("RequestCategory", .text("UserOnlineControl")), ("RequestType", .text(type)), ("UE-IP", .text(address)),
                ("UE-MAC", .text(mac)), ("UE-Proxy", .text(proxy)),
            ] + more
        return .post(
            controller.base.at("/portalintf"), [], .object(members.map { CaptiveJSON.Member(name: $0.0, value: $0.1) }), after: delay)
    }
}
