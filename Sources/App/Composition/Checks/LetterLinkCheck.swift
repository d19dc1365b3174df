import WebRouting

/// Letters hold links that set passwords. Without an address of the configuration's, whoever asks for one says by the Host of the request where
/// it leads.
struct LetterLinkCheck: Check {
    static let name = "messages.links"

    func findings(_ scene: CheckScene) -> [Finding] {
        let configuration = scene.configuration
        let sends = configuration.messaging.email != .none || !configuration.messaging.gateways.isEmpty
        guard sends, configuration.http.port != 0, configuration.http.service.publicOrigin == nil else { return [] }
        return [
            found(
                .warning,
                "links in letters lead to whatever host a request names, so that a stranger can have others' links lead to himself",
                advice: "set http.public_url to the address by which people reach this server")
        ]
    }
}
