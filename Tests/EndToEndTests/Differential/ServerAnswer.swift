import Foundation
import RADIUSClient
import RADIUSDictionary
import RADIUSWire

/// What a server made of a case, in a form that can be compared.
struct ServerAnswer: Equatable, CustomStringConvertible {
    /// `Access-Accept`, `Access-Reject` or `silence`.
    var code: String
    /// Values by attribute name and tag, in the order of the packet; the order of different attributes has no meaning (RFC 2865 §5).
    var attributes: [String: [String]] = [:]

    /// Attributes that hold new random values each time.
    private static let unpredictable: Set<String> = [
        "MS-CHAP2-Success", "MS-CHAP-Error", "MS-MPPE-Send-Key", "MS-MPPE-Recv-Key", "MS-CHAP-MPPE-Keys",
    ]

    init(_ reply: ClientReply?) {
        code = reply?.code.name ?? "silence"
        for attribute in reply?.attributes ?? [] {
            let name = attribute.definition.name
            if name == "Message-Authenticator" || (name == "Class" && attribute.value.isSessionClass) { continue }
            let tag = attribute.tag.map { ":\($0)" } ?? ""
            attributes[name + tag, default: []].append(Self.unpredictable.contains(name) ? "…" : attribute.printedValue)
        }
    }

    /// Asks a server; no reply is an answer too.
    static func ask(_ client: Exchange, _ query: PolicyCase) throws -> ServerAnswer {
        let attributes = try (PolicyCorpus.request + query.request).map { try Attribute($0) }
        do {
            let reply = try client.authenticate(user: query.name, password: query.password, method: query.method, attributes: attributes)
            var answer = ServerAnswer(reply)
            if reply.verdict == .serverNotAuthenticated { answer.code += ", not proven" }
            return answer
        } catch ClientError.noReply {
            return ServerAnswer(nil)
        }
    }

    /// Equal but for a minute of a long Session-Timeout: FreeRADIUS counts Login-Time in whole minutes, and both count from their own receipt.
    func isSame(as other: ServerAnswer) -> Bool {
        var (mine, theirs) = (self, other)
        let key = "Session-Timeout"
        if let a = mine.attributes[key]?.first.flatMap({ Int($0) }), let b = theirs.attributes[key]?.first.flatMap({ Int($0) }), a > 1000,
            abs(a - b) <= 60
        {
            mine.attributes[key] = nil
            theirs.attributes[key] = nil
        }
        return mine == theirs
    }

    var description: String {
        code + " {"
            + attributes.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value.joined(separator: " | "))" }.joined(separator: ", ") + "}"
    }
}

extension AttributeValue {
    /// The Class by which Radian recognises a session in accounting.
    fileprivate var isSessionClass: Bool {
        guard case .bytes(let bytes) = self else { return false }
        return bytes.starts(with: "ai:".utf8) && bytes.count == 35
    }
}
