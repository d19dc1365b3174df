import Digests
import Foundation
import Localization
import RADIUSPipeline
import WebRouting

/// The fields of an accounting record as rlm_rest sends them: names of the contract, empty texts for what the NAS left out.
enum AccountingForm {
    static let statusTypes = ["Start", "Interim-Update", "Stop", "Accounting-On", "Accounting-Off"]

    private static let texts: [(name: String, length: Int)] = [
        ("username", 253), ("groupname", 253), ("realm", 64), ("nas_port_id", 32), ("nas_port_type", 32), ("authentication", 32),
        ("connection_info_start", 128), ("connection_info_stop", 128), ("called_station_id", 253), ("calling_station_id", 253),
        ("terminate_cause", 32), ("service_type", 32), ("framed_protocol", 32), ("framed_interface_id", 44),
    ]
    private static let numbers = ["session_time", "input_octets", "output_octets", "input_gigawords", "output_gigawords", "interval"]

    static let form = Form(
        [
            Field("status_type", .choice(statusTypes), required: true),
            Field("session_id", required: true, maximumLength: 64, help: "Acct-Session-Id"),
            Field("unique_id", blank: true, null: true, maximumLength: 32, help: "Acct-Unique-Session-Id; derived where it is missing"),
            Field("nas_ip_address", .ipAddress, required: true),
        ]
            + texts.map { Field($0.name, blank: true, null: true, maximumLength: $0.length) }
            + numbers.map { Field($0, blank: true, null: true, help: "") }
            + ["start_time", "update_time", "stop_time"].map { Field($0, .dateTime, blank: true, null: true) }
            + ["framed_ip_address", "framed_ipv6_address"].map { Field($0, .ipAddress, blank: true, null: true) }
            + ["framed_ipv6_prefix", "delegated_ipv6_prefix"].map { Field($0, blank: true, null: true, maximumLength: 44) })

    /// Checks the fields.
    /// - Parameter epoch: now, seconds since 1970 UTC.
    /// - Throws: ``Problem`` with all field errors.
    static func record(_ values: FormValues, organizationID: String, epoch: Int64) throws(Problem) -> AccountingRecord {
        let checked = try form.check(values)
        var problems: [FieldProblem] = []
        func text(_ name: String) -> String? { checked.nonEmptyText(name) }
        func number(_ name: String) -> Int64? {
            guard let text = text(name) else { return nil }
            guard let number = Int64(text), number >= 0 else {
                problems.append(FieldProblem(name, "A valid integer is required."))
                return nil
            }
            return number
        }
        func seconds(_ name: String) -> Int64? {
            guard let number = number(name) else { return nil }
            // As much as the attribute of RADIUS holds.
            guard number <= UInt32.max else {
                problems.append(
                    FieldProblem(name, Message("Ensure this value is less than or equal to {max}.", ["max": String(UInt32.max)])))
                return nil
            }
            return number
        }
        func octets(_ name: String) -> Int64? {
            guard let low = number("\(name)_octets") else { return nil }
            let (sum, isTooMuch) = low.addingReportingOverflow(min(number("\(name)_gigawords") ?? 0, 1 << 30) << 32)
            return isTooMuch ? .max : sum
        }
        let type: AcctStatusType =
            switch checked.text("status_type") {
            case "Start": .start
            case "Stop": .stop
            default: .interimUpdate
            }
        let time = text(type == .start ? "start_time" : type == .stop ? "stop_time" : "update_time").flatMap(WebTime.microseconds)
        let session = checked.text("session_id") ?? ""
        let nas = checked.text("nas_ip_address") ?? ""
        let derived = Hexadecimal.encode(
            MD5.hash(Array([text("username") ?? "", session, nas, text("calling_station_id") ?? ""].joined(separator: ",").utf8)).bytes)
        var record = AccountingRecord(
            statusType: type, uniqueID: text("unique_id") ?? derived, eventEpoch: time.map { $0 / 1_000_000 } ?? epoch,
            hasEventTimestamp: time != nil, organizationID: organizationID, acctSessionID: session, nasIPAddress: nas)
        record.userName = text("username")
        record.realm = text("realm")
        record.nasPortID = text("nas_port_id")
        record.nasPortType = text("nas_port_type")
        record.sessionTime = seconds("session_time")
        record.acctAuthentic = text("authentication")
        record.connectInfo = text(type == .stop ? "connection_info_stop" : "connection_info_start")
        record.inputOctets = octets("input")
        record.outputOctets = octets("output")
        record.calledStationID = text("called_station_id")
        record.callingStationID = text("calling_station_id")
        record.terminateCause = text("terminate_cause")
        record.serviceType = text("service_type")
        record.framedProtocol = text("framed_protocol")
        record.framedInterfaceID = text("framed_interface_id")
        record.framedIPAddress = text("framed_ip_address")
        record.framedIPv6Address = text("framed_ipv6_address")
        record.framedIPv6Prefix = text("framed_ipv6_prefix")
        record.delegatedIPv6Prefix = text("delegated_ipv6_prefix")
        for name in ["framed_ipv6_prefix", "delegated_ipv6_prefix"] {
            if let prefix = text(name), !isIPv6Prefix(prefix) { problems.append(FieldProblem(name, "Enter a valid IPv6 prefix.")) }
        }
        if !problems.isEmpty { throw .fields(problems) }
        return record
    }

    private static func isIPv6Prefix(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        var octets = [UInt8](repeating: 0, count: 16)
        guard (1...2).contains(parts.count), inet_pton(AF_INET6, String(parts[0]), &octets) == 1 else { return false }
        return parts.count == 1 || Int(parts[1]).map { (0...128).contains($0) } == true
    }
}
