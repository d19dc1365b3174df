import WebRouting

/// Letters hold links that set passwords, so that they lead nowhere but to an address of the configuration's; without one, letters are asked
/// for in vain under any other name than that of the local host.
struct LetterLinkCheck: Check {
    static let name = "messages.links"

    func findings(_ scene: CheckScene) -> [Finding] {
        let configuration = scene.configuration
        let sends = configuration.messaging.email != .none || !configuration.messaging.gateways.isEmpty
        guard sends, configuration.http.port != 0, configuration.http.service.publicOrigin == nil else { return [] }
        return [
            found(
                .warning,
                "letters with links are refused unless they are asked for on this machine: nothing says where their links may lead",
                advice: "set http.public_url to the address by which people reach this server")
        ]
    }
}
