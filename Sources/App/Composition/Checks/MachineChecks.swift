import RADIUSTransport

/// Ports that another program holds.
struct PortCheck: Check {
    static let name = "machine.port"

    func findings(_ scene: CheckScene) -> [Finding] {
        // A server that runs has its ports.
        guard scene.statistics == nil else { return [] }
        return [("authentication", scene.configuration.authPort), ("accounting", scene.configuration.acctPort)].compactMap { role, port in
            guard port > 0, scene.sockets.contains(where: { Int($0.local.port) == port }) else { return nil }
            return found(
                .error, "UDP port \(port) for \(role) is in use, though no Radian of this configuration runs",
                advice: "stop the other program, often FreeRADIUS, or choose another port", command: "ss -ulnp 'sport = :\(port)'")
        }
    }
}

/// Packets that the kernel threw away, or will when many come at once.
struct ReceiveBufferCheck: Check {
    static let name = "machine.receive-buffer"

    func findings(_ scene: CheckScene) -> [Finding] {
        let ports = [scene.configuration.authPort, scene.configuration.acctPort]
        let advice = "let the kernel grant more, and raise radius.receive_buffer_kib if that is small"
        let command = "sysctl -w net.core.rmem_max=\(scene.configuration.receiveBufferBytes)"
        var findings: [Finding] = []
        let drops = scene.sockets.filter { ports.contains(Int($0.local.port)) }.reduce(0) { $0 + $1.drops }
        if scene.statistics != nil, drops > 0 {
            findings.append(found(.error, "the kernel threw \(drops) RADIUS packets away", advice: advice, command: command))
        }
        if let largest = scene.largestReceiveBuffer, largest < scene.configuration.receiveBufferBytes {
            findings.append(
                found(
                    .warning,
                    "the kernel grants receive buffers of \(largest / 1024) KiB; radius.receive_buffer_kib wants "
                        + "\(scene.configuration.receiveBufferBytes / 1024)", advice: advice, command: command))
        }
        return findings
    }
}
