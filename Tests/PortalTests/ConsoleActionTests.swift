import NIOConcurrencyHelpers
import RADIUSWire
import Testing
import TestSupport

/// What operators do about one session or one login, with a simulated NAS that answers.
@Suite("Actions of operators in a browser", .enabled(if: Browser.isInstalled), .serialized)
struct ConsoleActionTests {
    private static let password = "brisk-silver-kettle"
    private static let wrongPassword = "wrong-silver-kettle"
    private let server: PortalServer

    init() throws { server = try PortalServer.shared.get() }

    /// A new member of `demo` with a device at its NAS, which is not online yet.
    private func device(of user: String) throws -> GatewayDevice {
        try server.radian("user", "add", user, "--password", Self.password, "--organization", "demo")
        return GatewayDevice(server, identifier: "console", organization: "demo")
    }

    private func hyphened(_ device: GatewayDevice) -> String { device.station.replacing(":", with: "-") }

    @Test("A session is disconnected: the page tells that the NAS refused it with its cause, then that it did it")
    func disconnect() throws {
        let device = try device(of: "bruno")
        try device.start("bruno")
        let codes = NIOLockedValueBox<[PacketCode]>([])
        server.disconnects.serve(hyphened(device)) { code, _ in
            // The second time it does.
            let count = codes.withLockedValue { codes in
                codes.append(code)
                return codes.count
            }
            guard count > 1 else { return false }
            device.stop()
            return true
        }
        let console = try ConsolePage(server, at: "/sessions?username=bruno")
        try console.press("Disconnect", in: "tbody tr")
        try console.expect("bruno loses the connection at once", in: "dialog[open]")
        try console.check("disconnect-confirm")
        try console.press("Disconnect", in: "dialog[open]")
        try console.expect("The device refused it (NAK).", in: "dialog[open] [role=status]")
        let refusal = try console.text("dialog[open] [role=status]")
        #expect(refusal.contains("(501)") && refusal.contains("localhost"))
        #expect(device.isOpen)
        try console.check("disconnect-refused")
        try console.dismiss()

        try console.press("Disconnect", in: "tbody tr")
        try console.press("Disconnect", in: "dialog[open]")
        try console.expect("The device confirmed it (ACK).", in: "dialog[open] [role=status]")
        #expect(!device.isOpen)
        let sent = codes.withLockedValue { $0 }
        #expect(sent == [.disconnectRequest, .disconnectRequest])
        try console.check("disconnect-done")
        try console.dismiss()
        try console.page.wait(for: "!document.querySelector('tbody')?.innerText.includes('bruno')")
    }

    @Test("A session is changed by attributes: one that is unknown is told at the field, others reach the NAS")
    func change() throws {
        let device = try device(of: "carla")
        try device.start("carla")
        let received = NIOLockedValueBox<[(code: PacketCode, attributes: [String])]>([])
        server.disconnects.serve(hyphened(device)) { code, attributes in
            received.withLockedValue { $0.append((code, attributes)) }
            return true
        }
        let console = try ConsolePage(server, at: "/sessions?username=carla")
        let link = "[...document.querySelectorAll('tbody a')].find((a) => a.textContent === 'carla')"
        try console.page.wait(for: link)
        _ = try console.page.evaluate("(\(link).click(), true)")
        try console.page.wait(for: "document.querySelector('h1')?.textContent === 'carla'")
        try console.press("Change", in: "main")
        try console.fill("dialog[open] textarea", "No-Such-Thing = 1")
        try console.press("Send", in: "dialog[open]")
        try console.expect("No-Such-Thing", in: "dialog[open] .error")
        let none = received.withLockedValue { $0.count }
        #expect(none == 0)
        try console.fill("dialog[open] textarea", "Session-Timeout = 600\nReply-Message = \"Ten minutes more\"")
        try console.press("Send", in: "dialog[open]")
        try console.expect("The device confirmed it (ACK).", in: "dialog[open] [role=status]")
        let (codes, attributes) = received.withLockedValue { ($0.map(\.code), $0.flatMap(\.attributes)) }
        #expect(codes == [.coaRequest])
        #expect(attributes.contains("Session-Timeout = 600"))
        #expect(attributes.contains("Reply-Message = Ten minutes more"))
        #expect(device.isOpen)
        try console.check("change-done")
        device.stop()
    }

    @Test("A trace shows the next logins of a user as they are decided, with the stage that decided, and no password")
    func trace() throws {
        let device = try device(of: "dora")
        let console = try ConsolePage(server, at: "/debug")
        try console.fill(".trace input[name=who]", "dora")
        try console.press("Arm the trace", in: ".trace")
        try console.expect("Listening", in: ".trace .live")
        try console.expect("Waiting for the next attempt.", in: ".trace")

        let isRefused = !device.authenticate("dora", .pap(Self.wrongPassword))
        #expect(isRefused)
        try console.expect("Rejected", in: ".trace .decision .verdict-title")
        try console.expect("password.mismatch", in: ".trace .decision .verdict")
        try console.expect("What to do:", in: ".trace .decision .verdict-step")
        let deciding = try console.text(".trace .decision .stage.decided")
        #expect(!deciding.isEmpty)
        let request = try console.text(".trace .decision .two-columns")
        #expect(request.contains("User-Name") && request.contains(hyphened(device)))
        try console.expect("radclient", in: ".trace .decision")
        try console.check("trace-rejected")

        // Somebody else's login is not shown.
        let other = try self.device(of: "dario")
        _ = other.authenticate("dario", .pap(Self.wrongPassword))
        let isIn = device.authenticate("dora", .pap(Self.password))
        #expect(isIn)
        try console.expect("Accepted", in: ".trace .decision .verdict-title")
        let shown = try console.page.evaluate("document.querySelectorAll('.trace .decision').length") as? Int
        #expect(shown == 2)
        let content = try console.page.text("document.documentElement.outerHTML")
        #expect(!content.contains(Self.password) && !content.contains(Self.wrongPassword) && !content.contains("dario"))
        try console.press("Stop", in: ".trace")
        try console.page.wait(for: "document.querySelector('.trace input[name=who]')")
        let problems = console.page.takeProblems()
        #expect(problems == [])
        device.stop()
    }

    @Test("A failed login is replayed with a typed password: refused, then accepted, and nothing of that is logged")
    func replay() throws {
        let device = try device(of: "emma")
        let isRefused = !device.authenticate("emma", .pap(Self.wrongPassword))
        #expect(isRefused)
        let console = try ConsolePage(server, at: "/debug?user=emma")
        let attempts = "document.querySelectorAll('.attempts a')"
        try console.page.wait(for: "\(attempts).length === 1 && \(attempts)[0].textContent.includes('emma')")
        _ = try console.page.evaluate("(\(attempts)[0].click(), true)")
        try console.page.wait(for: "document.querySelector('h1')?.textContent === 'emma'")
        try console.expect("Rejected", in: ".verdict-title")
        let name = try console.page.text("document.querySelector('.replay input[name=username]').value")
        #expect(name == "emma")

        try console.fill(".replay input[name=password]", Self.wrongPassword)
        try console.press("Replay", in: ".replay")
        try console.expect("password.mismatch", in: ".replay .decision .verdict")
        try console.fill(".replay input[name=password]", Self.password)
        try console.press("Replay", in: ".replay")
        try console.expect("Accepted", in: ".replay .decision .verdict-title")
        let content = try console.text(".replay .decision")
        #expect(!content.contains(Self.password))
        try console.check("replay-accepted")

        // Only what the device asked for is in the log.
        try console.page.open(server.origin + "/console/authentications?username=emma")
        try console.page.settle()
        let rows = "[...document.querySelectorAll('tbody tr')].filter((row) => row.textContent.includes('emma'))"
        try console.page.wait(for: "\(rows).length > 0")
        let count = try console.page.evaluate("\(rows).length") as? Int
        #expect(count == 1)
    }
}
