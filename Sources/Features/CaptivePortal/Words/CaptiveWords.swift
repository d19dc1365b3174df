import CaptiveDialects
import Localization

extension CaptiveProblem {
    /// What a NAS or the way to it has against somebody, in that one's words. What the NAS itself says is never shown: anybody can put it
    /// into the address of the page.
    var words: Message {
        switch self {
        case .wrongPassword: RejectWords.wrongCredentials
        case .sessionLimit: "You are online with as many devices as you may. Log out on another one first."
        case .timeUsed: "Your time is used up."
        case .volumeUsed: "Your data volume is used up."
        case .expired: "The time of your account is over. Ask the staff for a new one."
        case .blocked: "This device is shut out. Ask the staff."
        case .wrongDevice: "This account belongs to another device."
        case .alreadyOnline: "You are online already."
        case .busy: "The network is busy. Try again in a moment."
        case .loggedOut: "You are logged out."
        case .sessionTimeout: "Your session is over. Log in again to go on."
        case .idleTimeout: "You were logged out, as nothing was sent for a while."
        case .refused: "The network refused the login. Try again, or ask the staff."
        case .malformed, .badSignature:
            "The address of this page is not complete. Leave the network, join it again, and open any page."
        case .untrustedTarget: "This page was opened in a way that is not safe. Leave the network, join it again, and open any page."
        case .radiusTimeout, .nasFault, .missingSecret, .missingController, .controllerFault, .controllerRefused, .unsupported:
            RejectWords.fault
        }
    }

    /// Whether it is no failure of a login, but how a session ended.
    var isFarewell: Bool { [.loggedOut, .sessionTimeout, .idleTimeout].contains(self) }
}
