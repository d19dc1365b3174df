/// Messages for smart clients (WISPr 1.0 annex D), which stand in a comment of a page.
public enum WISPrMessage {
    /// What a gateway answered a login or logoff.
    public struct Reply: Sendable, Equatable {
        /// 100 redirect, 110 proxy, 120 login, 130 logoff, 140 poll.
        public let messageType: Int
        /// 0 fine, 50 logged in, 100 refused, 102 no answer of RADIUS, 105 network fault, 150 logged off, 200 and 201 goes on, 255 fault.
        public let responseCode: Int
        public let replyMessage: String?
        public let logoffURL: CaptiveURL?

        /// Reads the message out of a page; nil when there is none.
        public init?(page: String) {
            let page = page.prefix(64 << 10)
            guard let start = page.firstRange(of: "<WISPAccessGatewayParam"),
                let end = page[start.upperBound...].firstRange(of: "</WISPAccessGatewayParam>")
            else { return nil }
            let message = page[start.upperBound..<end.lowerBound]
            guard let type = Self.element("MessageType", message).flatMap({ Int($0) }),
                let code = Self.element("ResponseCode", message).flatMap({ Int($0) })
            else { return nil }
            messageType = type
            responseCode = code
            replyMessage = Self.element("ReplyMessage", message).map { PlainText.cleaned($0, limit: 200) }
            logoffURL = Self.element("LogoffURL", message).flatMap { CaptiveURL($0) }
        }

        /// Nil when the client is online, off as it wished, or the login goes on.
        public var problem: CaptiveProblem? {
            switch responseCode {
            case 0, 50, 150, 200, 201: nil
            case 100:
                replyMessage.map { CaptiveProblem(reply: $0) }.map { $0 == .refused ? .wrongPassword : $0 } ?? .wrongPassword
            case 102: .radiusTimeout
            case 105, 151, 255: .nasFault
            default: .refused
            }
        }

        private static func element(_ name: String, _ message: Substring) -> String? {
            guard let start = message.firstRange(of: "<\(name)>"), let end = message[start.upperBound...].firstRange(of: "</\(name)>")
            else { return nil }
            let text = String(message[start.upperBound..<end.lowerBound])
            return text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
                .replacing("&apos;", with: "'").replacing("&amp;", with: "&")
        }
    }

    /// The comment that tells smart clients where to log in.
    public static func redirect(login: CaptiveURL, location: String, name: String) -> String {
        """
        <!--
        <?xml version="1.0" encoding="UTF-8"?>
        <WISPAccessGatewayParam xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
        xsi:noNamespaceSchemaLocation="http://www.acmewisp.com/WISPAccessGatewayParam.xsd">
        <Redirect>
        <AccessProcedure>1.0</AccessProcedure>
        <AccessLocation>\(escaped(location))</AccessLocation>
        <LocationName>\(escaped(name))</LocationName>
        <LoginURL>\(escaped(login.description))</LoginURL>
        <MessageType>100</MessageType>
        <ResponseCode>0</ResponseCode>
        </Redirect>
        </WISPAccessGatewayParam>
        -->
        """
    }

    /// Two hyphens would end the comment.
    private static func escaped(_ text: String) -> String {
        PlainText.cleaned(text, limit: 512).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("--", with: "&#45;&#45;")
    }
}
