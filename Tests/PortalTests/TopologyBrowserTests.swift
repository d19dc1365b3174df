import Foundation
import TestPeers
import Testing

/// Topologies in a real browser, against the real program.
@Suite("Topologies in a browser", .enabled(if: Browser.isInstalled), .serialized)
struct TopologyBrowserTests {
    private let server: PortalServer

    init() throws { server = try PortalServer.shared.get() }

    private func logIn(_ page: BrowserPage, at path: String) throws {
        try page.open(server.origin + "/console" + path)
        try page.wait(for: "document.activeElement?.name === 'username'")
        try page.type("admin")
        try page.press("Tab")
        try page.type(server.password)
        try page.press("Enter")
        try page.wait(for: "document.querySelector('main.page h1')")
    }

    /// Makes a topology that receives inputs.
    private func topology(_ label: String) throws -> String {
        let told = try server.radian("topology", "add", label, "netjson", "--organization", "demo", "--key", "key")
        guard let id = told.firstMatch(of: /[0-9a-f]{8}-[0-9a-f-]{27}/) else { throw Browser.Failed(description: told) }
        return String(id.0)
    }

    private func send(_ graph: String, to id: String) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "radian-\(UUID().uuidString).json")
        try graph.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        try PeerProcess.run(
            "/usr/bin/curl",
            [
                "-sf", "-m", "60", "-H", "Content-Type: text/plain", "--data-binary", "@\(file.path)",
                "\(server.origin)/api/v1/network-topology/topology/\(id)/receive/?key=key",
            ])
    }

    /// A ring of nodes; the labels say what markup would do.
    private func ring(_ count: Int, cost: Double = 1, without: Int = 0) -> String {
        let nodes = (0..<count).map { number in
            #"{"id":"10.1.\#(number / 250).\#(number % 250)","label":"<b>node</b> \#(number)","properties":{"location":{"lat":\#(46 + Double(number) / 1000),"lng":11}}}"#
        }
        let links = (0..<(count - without)).map { number in
            let other = (number + 1) % count
            return
                #"{"source":"10.1.\#(number / 250).\#(number % 250)","target":"10.1.\#(other / 250).\#(other % 250)","cost":\#(cost)}"#
        }
        return
            #"{"type":"NetworkGraph","protocol":"OLSR","version":"0.8","metric":"ETX","nodes":[\#(nodes.joined(separator: ","))],"links":[\#(links.joined(separator: ","))]}"#
    }

    @Test("Graph, map and tables follow each change, and nodes stay where they are", arguments: [BrowserPage.Look.desk, .phone])
    func live(look: BrowserPage.Look) throws {
        let id = try topology("ring-\(look.width)")
        try send(ring(12), to: id)
        let page = try BrowserPage(look)
        try logIn(page, at: "/topology/\(id)")
        try page.wait(for: "document.querySelector('.topology-live .good')")
        try page.wait(for: "document.querySelector('.topology-legend')?.textContent.includes('up to 1.2: 12')")
        if GraphLibraries.areInstalled {
            try page.wait(for: "document.querySelector('canvas.topology-canvas')?.width > 100")
            try page.screenshot("topology-graph")
        }
        try send(ring(12, cost: 3, without: 2), to: id)
        try page.wait(for: "document.querySelector('.topology-legend').textContent.includes('up to 4: 10')")
        try page.wait(for: "document.querySelector('.topology-legend').textContent.includes('down: 2')")
        if GraphLibraries.areInstalled {
            _ = try page.evaluate("[...document.querySelectorAll('.segment')].find((each) => each.textContent === 'Map').click()")
            try page.wait(for: "document.querySelector('.topology-map canvas')")
            try page.screenshot("topology-map")
        }
        _ = try page.evaluate("[...document.querySelectorAll('.segment')].find((each) => each.textContent === 'Table').click()")
        try page.wait(for: "document.querySelectorAll('.topology-tables tbody')[0]?.rows.length === 12")
        let label = try page.text("document.querySelector('.topology-tables tbody tr').textContent")
        #expect(label.contains("<b>node</b>"))
        _ = try page.evaluate(
            "(() => { const find = document.querySelector('.topology-bar input[type=search]'); find.value = 'node</b> 7'; find.dispatchEvent(new Event('input')) })()"
        )
        try page.wait(for: "document.querySelectorAll('.topology-tables tbody')[0].rows.length === 1")
        _ = try page.evaluate("document.querySelector('.topology-tables .link-button').click()")
        try page.wait(for: "document.querySelector('.topology-panel h2')?.textContent === '<b>node</b> 7'")
        try page.screenshot("topology-table")
        #expect(page.takeProblems() == [])
        let findings = try Accessibility.findings(page)
        #expect(findings == [])
    }

    @Test("A day of the past is shown, changes do not disturb it, and now comes back")
    func history() throws {
        let id = try topology("history")
        try send(ring(5), to: id)
        try server.radian("topology", "snapshot", "--label", "history")
        let page = try BrowserPage()
        try logIn(page, at: "/topology/\(id)")
        try page.wait(for: "document.querySelector('.topology-live .good')")
        let choose = { (day: String) in
            "(() => { const field = document.querySelector('.topology-bar input[type=date]'); field.value = \(day); field.dispatchEvent(new Event('change')) })()"
        }
        _ = try page.evaluate(choose("new Date().toISOString().slice(0, 10)"))
        try page.wait(for: "document.querySelector('.topology-live')?.textContent.includes('past day')")
        // Another socket tells when the page has heard of it, too.
        _ = try page.evaluate(
            """
            (() => { globalThis.other = new WebSocket(location.origin.replace("http", "ws") + "/ws/network-topology/topology/\(id)/");
            globalThis.heard = new Promise((done) => { other.onmessage = () => done(true) }) })()
            """)
        try page.wait(for: "other.readyState === 1")
        try send(ring(6), to: id)
        _ = try page.evaluate("heard")
        let shown = try page.text("document.querySelector('.topology-legend').textContent")
        #expect(shown.contains(": 5"))
        _ = try page.evaluate("document.querySelector('.topology-live button').click()")
        try page.wait(for: "document.querySelector('.topology-legend').textContent.includes(': 6')")
        #expect(page.takeProblems() == [])
    }

    @Test("The page outside of the console: nothing without a login, the graph with one", .enabled(if: GraphLibraries.areInstalled))
    func wholeScreen() throws {
        let id = try topology("whole-screen")
        try send(ring(3000), to: id)
        let page = try BrowserPage()
        try page.open("\(server.origin)/topology/topology/\(id)/")
        try page.wait(for: "document.body.textContent.includes('Authentication credentials were not provided.')")
        // The refusal itself.
        let refused = page.takeProblems()
        #expect(refused.allSatisfy { $0.contains("403 (Forbidden)") && $0.hasSuffix("/topology/topology/\(id)/") }, "\(refused)")
        try logIn(page, at: "/")
        try page.open("\(server.origin)/topology/topology/\(id)/")
        try page.wait(for: "document.querySelector('h1')?.textContent === 'whole-screen'")
        try page.wait(for: "document.querySelector('.topology-legend')?.textContent.includes(': 3000')")
        // Pictures go on while 3 000 nodes find their places.
        let pictures =
            try page.evaluate(
                """
                new Promise((done) => { let count = 0; const start = performance.now(); const step = () => { count += 1;
                performance.now() - start < 3000 ? requestAnimationFrame(step) : done(count) }; requestAnimationFrame(step) })
                """) as? Double
        #expect((pictures ?? 0) > 30, "\(pictures ?? 0) pictures in 3 s")
        try page.screenshot("topology-whole-screen")
        #expect(page.takeProblems() == [])
    }
}

private enum GraphLibraries {
    /// Whether `make portal` has brought them.
    static let areInstalled = FileManager.default.fileExists(
        atPath: Project.root.appending(path: ".build/portal/vendor/d3/d3-force.min.js").path)
}
