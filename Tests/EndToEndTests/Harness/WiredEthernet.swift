import Foundation
import Glibc

/// Two ends of a cable: hostapd as a switch on one, wpa_supplicant as a computer on the other, in a network namespace of its own.
final class WiredEthernet {
    static let isPossible =
        getuid() == 0 && Surroundings.isInstalled("/usr/sbin/hostapd") && Surroundings.isInstalled("/sbin/wpa_supplicant")
        && (try? ChildProcess.run("/bin/ip", ["netns", "list"]))?.exit == .code(0) && canMakeNamespaces

    private static let canMakeNamespaces: Bool = {
        let name = "radian-probe-\(getpid())"
        guard (try? ChildProcess.run("/bin/ip", ["netns", "add", name]))?.exit == .code(0) else { return false }
        _ = try? ChildProcess.run("/bin/ip", ["netns", "delete", name])
        return true
    }()

    /// hostapd.
    let switchProcess: ChildProcess
    /// wpa_supplicant.
    let computer: ChildProcess
    /// Where the switch takes Disconnect-Requests.
    let dynamicAuthorizationPort: Int
    private let namespace: String
    private let directory: URL
    private let interface: String

    /// Plugs the computer in. The switch asks `server` and accounts there, with an Interim-Update each second.
    /// - Parameter network: lines of wpa_supplicant's network block.
    init(_ server: ServerUnderTest, network: [String]) throws {
        let id = String(UInt32.random(in: 0...0xffff), radix: 16)
        namespace = "radian-\(id)"
        directory = try Surroundings.temporaryDirectory("wired")
        dynamicAuthorizationPort = try Surroundings.freePorts(1)[0]
        let (near, far) = ("rda\(id)", "rdb\(id)")
        interface = far
        try Self.ip("netns", "add", namespace)
        try Self.ip("link", "add", near, "type", "veth", "peer", "name", far)
        try Self.ip("link", "set", far, "netns", namespace)
        try Self.ip("link", "set", near, "up")
        try Self.ip("-n", namespace, "link", "set", far, "up")

        let hostapd = directory.appending(path: "hostapd.conf")
        try """
        interface=\(near)
        driver=wired
        logger_stdout=-1
        logger_stdout_level=0
        ieee8021x=1
        use_pae_group_addr=1
        own_ip_addr=127.0.0.1
        nas_identifier=lab-switch
        auth_server_addr=127.0.0.1
        auth_server_port=\(server.authPort)
        auth_server_shared_secret=\(Site.secretText)
        acct_server_addr=127.0.0.1
        acct_server_port=\(server.acctPort)
        acct_server_shared_secret=\(Site.secretText)
        radius_acct_interim_interval=1
        radius_das_port=\(dynamicAuthorizationPort)
        radius_das_client=127.0.0.1 \(Site.secretText)
        radius_das_require_event_timestamp=1

        """.write(to: hostapd, atomically: true, encoding: .utf8)
        switchProcess = try ChildProcess("/usr/sbin/hostapd", [hostapd.path], directory: directory)
        try switchProcess.expect("AP-ENABLED")

        let supplicant = directory.appending(path: "wpa_supplicant.conf")
        try
            "ap_scan=0\nctrl_interface=\(directory.path)\nnetwork={\nkey_mgmt=IEEE8021X\neapol_flags=0\n\(network.joined(separator: "\n"))\n}\n"
            .write(
                to: supplicant, atomically: true, encoding: .utf8)
        computer = try ChildProcess(
            "/bin/ip", ["netns", "exec", namespace, "/sbin/wpa_supplicant", "-D", "wired", "-i", far, "-c", supplicant.path],
            directory: directory)
    }

    /// Has wpa_supplicant do something: `logoff`, `reauthenticate` …
    func control(_ command: String) throws {
        let (exit, output) = try ChildProcess.run("/sbin/wpa_cli", ["-p", directory.path, "-i", interface, command])
        guard exit == .code(0), output.contains("OK") else { throw TimedOut(description: "wpa_cli \(command): \(output)") }
    }

    /// Pulls the cable.
    func unplug() {
        // Children of a thread that blocks signals inherit that and do not hear SIGTERM.
        computer.send(SIGKILL)
        _ = try? computer.wait()
        switchProcess.send(SIGKILL)
        _ = try? switchProcess.wait()
        _ = try? ChildProcess.run("/bin/ip", ["netns", "delete", namespace])
        try? FileManager.default.removeItem(at: directory)
    }

    private static func ip(_ arguments: String...) throws {
        let (exit, output) = try ChildProcess.run("/bin/ip", arguments)
        guard exit == .code(0) else { throw TimedOut(description: "ip \(arguments.joined(separator: " ")): \(output)") }
    }
}
