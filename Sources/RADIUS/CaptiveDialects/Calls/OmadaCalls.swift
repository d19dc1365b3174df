/// Lets a client through an Omada controller (5.0.15 or later) by its hotspot operator.
public struct OmadaCalls: CallMachine, Equatable {
    private enum State { case signIn, authorize }

    let controller: CaptiveController
    /// The client's fields in the controller's own names.
    let client: [CaptiveField]
    let limits: CaptiveLimits
    private var state = State.signIn
    private var cookies = CookieJar()

    init(controller: CaptiveController, client: [CaptiveField], limits: CaptiveLimits) {
        self.controller = controller
        self.client = client
        self.limits = limits
    }

    mutating func start() -> HTTPCall {
        state = .signIn
        return .post(
            address("login"), [], .object(("name", .text(controller.username)), ("password", .text(controller.password))))
    }

    mutating func receive(_ reply: HTTPReply) -> CaptiveCalls.Step {
        if let problem = reply.problem { return .failed(problem) }
        guard let json = reply.json, json["errorCode"]?.integer == 0 else {
            return .failed(state == .signIn ? .controllerRefused : .controllerFault)
        }
        guard state == .signIn else { return .done }
        guard let token = json["result"]?["token"]?.string, PlainText.isToken(token, limit: 256) else { return .failed(.controllerFault) }
        cookies.take(reply)
        state = .authorize
        return .call(.post(address("extPortal/auth"), cookies.header + [CaptiveField("Csrf-Token", token)], body))
    }

    private func address(_ command: String) -> CaptiveURL {
        controller.base.at("/\(controller.identifier)/api/v2/hotspot/\(command)")
    }

    private var body: CaptiveJSON {
        var members = client.map { CaptiveJSON.Member(name: $0.name, value: .text($0.value)) }
        // Controllers from 6.2.10 on know the limits; older ones pass over them. `time` is a duration in milliseconds.
        let numbers: [(String, Int64?)] = [
            ("time", (limits.seconds ?? 8 * 3600) * 1000), ("authType", 4), ("totalTrafficLimitBytes", limits.totalOctets),
            ("downloadRateLimitKbps", limits.downKilobits), ("uploadRateLimitKbps", limits.upKilobits),
        ]
        for case (let name, let number?) in numbers { members.append(CaptiveJSON.Member(name: name, value: .integer(number))) }
        return .object(members)
    }
}
