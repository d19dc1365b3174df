import Database
import RADIUSTransport
import RADIUSWire

/// Writes NAS devices.
struct DeviceMigration {
    typealias Device = MigratedRecordStore.Device
    let run: MigrationRun

    /// Takes a row of `nas`.
    func take(_ record: SourceRecord, organizationID: String?) throws {
        let key = record.text("shortname") ?? record.text("nasname") ?? record.text("id") ?? ""
        func refuse(_ reason: String) { run.refuse(.nas, MigrationProblem(table: "nas", key: key, reason: reason)) }
        guard let address = record.trimmed("nasname") else { return refuse("it has no address") }
        guard let secret = record.text("secret"), SharedSecret(text: secret) != nil else { return refuse("it has no secret") }
        guard IPPrefix(address) != nil || Self.isHostName(address) else { return refuse("'\(address)' is no address and no host name") }
        let device = Device(
            address: address, name: record.trimmed("shortname") ?? address, type: record.text("type") ?? "other",
            ports: record.integer("ports"), secret: secret, server: record.text("server"), community: record.text("community"),
            comment: record.text("description"), organizationID: organizationID)
        if let server = device.server { run.note("nas", key, "has the virtual server '\(server)': use rules by NAS") }
        let store = MigratedRecordStore(connection: run.target)
        let known = try store.devices(like: device)
        if known.contains(where: { $0.address == device.address && $0.name == device.name && $0.secret == device.secret }) {
            return run.count(.nas, \.present)
        }
        let same = known.first { $0.address == device.address && $0.name == device.name }
        if let other = known.first, same == nil || !run.options.replaces {
            run.count(.nas, \.kept)
            return run.note("nas", key, "keeps what it is here: '\(other.name)' at \(other.address)")
        }
        let written = try run.write([device]) { devices in
            for device in devices { try same == nil ? store.add(device) : store.replace(device) }
        } refuse: { _, reason in
            refuse(reason)
        }
        run.count(.nas, \.taken, written.count)
    }

    private static func isHostName(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                $0.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_")
            }
    }
}
