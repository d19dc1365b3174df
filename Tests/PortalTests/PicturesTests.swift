import Foundation
import Testing

/// Where pictures of the README go; nil for nowhere.
private enum PictureFolder {
    static let path = ProcessInfo.processInfo.environment["RADIAN_SCREENSHOTS"]
}

/// Makes the pictures of the README, which `make screenshots` asks for.
@Suite("Pictures", .enabled(if: Browser.isInstalled && PictureFolder.path != nil), .serialized)
struct Pictures {
    /// Octets of a picture that the README can hold.
    private static let most = 150_000

    private let server: PortalServer

    init() throws { server = try PortalServer.shared.get() }

    private func take(_ page: BrowserPage, _ name: String) throws {
        let folder = URL(fileURLWithPath: PictureFolder.path ?? "")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let picture = Data(base64Encoded: try page.call("Page.captureScreenshot", ["format": "png"])["data"] as? String ?? "") ?? Data()
        #expect(picture.count > 1000 && picture.count <= Self.most)
        try picture.write(to: folder.appending(path: "\(name).png"))
    }

    /// People who are online, some of whom mistyped.
    private func fill() throws {
        for (index, name) in ["anna", "bruno", "carla", "dario", "elena", "fabio", "giulia", "hugo"].enumerated() {
            try server.radian("user", "add", name, "--password", PortalServer.memberPassword, "--organization", "demo")
            let device = GatewayDevice(server, identifier: "lobby-\(index % 3 + 1)", organization: "demo")
            if index % 3 == 0 { _ = device.authenticate(name, .pap("mistyped")) }
            #expect(device.authenticate(name, .pap(PortalServer.memberPassword)))
        }
        _ = GatewayDevice(server, identifier: "garden", organization: "demo").authenticate("nobody", .pap("x"))
    }

    @Test("console and login page")
    func pictures() throws {
        try fill()
        let console = try BrowserPage(BrowserPage.Look(width: 1280, height: 800, isDark: false))
        try console.open(server.origin + "/console/")
        try console.wait(for: "document.activeElement?.name === 'username'")
        try console.type("admin")
        try console.press("Tab")
        try console.type(server.password)
        try console.press("Enter")
        try console.wait(for: "document.querySelector('main.page h1') && !document.querySelector('.loading, [aria-busy=true]')")
        try take(console, "console")

        let login = try LoginPage(BrowserPage.Look(width: 390, height: 780, isDark: false))
        try login.open(
            server.origin + "/login/demo/?link-login-only=http%3A%2F%2F10.5.50.1%2Flogin&mac=AA%3ABB%3ACC%3ADD%3AEE%3A0F&identity=lobby")
        try login.expect("Go online")
        try take(login.page, "login-page")
    }
}
