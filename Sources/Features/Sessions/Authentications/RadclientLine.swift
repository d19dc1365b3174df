/// The command by which an operator sends a login once more: `radclient` of FreeRADIUS, with neither password nor shared secret in it.
public struct RadclientLine: Sendable {
    private var items: [String] = []
    private let isPossible: Bool

    /// - Parameter method: as the authentication log has it; nil counts as PAP. EAP is nothing that radclient speaks.
    public init(userName: String, method: String?) {
        isPossible = method != "EAP"
        add("User-Name", userName)
        switch method {
        case "CHAP": add("CHAP-Password", "PASSWORD")
        case "MS-CHAPv1", "MS-CHAPv2": add("MS-CHAP-Password", "PASSWORD")
        default: add("User-Password", "PASSWORD")
        }
    }

    /// Adds an attribute; nothing for an empty value.
    public mutating func add(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n").replacing(
            "\r", with: "\\r")
        items.append("\(name) = \"\(escaped)\"")
    }

    /// For a shell; nil where radclient cannot do it.
    public var text: String? {
        guard isPossible else { return nil }
        let request = (items + ["Message-Authenticator = 0x00"]).joined(separator: ", ").replacing("'", with: "'\\''")
        return "echo '\(request)' | radclient -x SERVER:1812 auth SECRET"
    }
}
