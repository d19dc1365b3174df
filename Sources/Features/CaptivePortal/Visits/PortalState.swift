import Digests
import Foundation
import Localization
import NIOConcurrencyHelpers
import ServerKernel

/// What a page remembers: sealed, it travels in a hidden field of each form, as captive browsers drop cookies, and in a cookie where they do
/// not, as a comfort.
struct PortalState: Codable, Sendable, Equatable {
    /// API token of who is logged in.
    var token: String?
    /// Name of the guest that the device went online as, without an account.
    var guest: String?
    /// What the NAS sent the browser with, as ``CaptiveDialects/CaptiveRequest`` writes it.
    var captive: String?
    /// When the page first learned that the NAS let the device in; seconds since 1970 UTC.
    var online: Int64?
    /// Chosen by hand.
    var language: Language?
    /// Of the browser that got the page.
    var address: String?
    /// Seconds since 1970 UTC.
    var expires: Int64 = 0

    private enum CodingKeys: String, CodingKey {
        case token = "t"
        case guest = "g"
        case captive = "c"
        case online = "o"
        case language = "l"
        case address = "a"
        case expires = "e"
    }
}

/// Seals states: nobody but this server, with its other nodes, can read, make or change one.
final class PortalSeal: Sendable {
    private let kernel: Kernel
    private let known = NIOLockedValueBox<[UInt8]?>(nil)
    /// Octets of the longest text that is looked at.
    private static let longest = 4096

    init(_ kernel: Kernel) {
        self.kernel = kernel
    }

    /// 32 octets.
    func key() async throws -> [UInt8] {
        if let key = known.withLockedValue({ $0 }) { return key }
        let key = try await kernel.withConnection { try ServerSecrets.key("captive-portal", over: $0) }
        known.withLockedValue { $0 = key }
        return key
    }

    /// The sealed text, of letters, digits, `-` and `_`.
    /// - Parameters:
    ///   - organizationID: the only one whose pages can open it.
    ///   - seconds: for which it is good.
    ///   - now: seconds since 1970 UTC.
    static func seal(_ state: PortalState, key: [UInt8], organizationID: String, seconds: Int64, now: Int64) -> String {
        var state = state
        state.expires = now + seconds
        guard let json = try? JSONEncoder().encode(state),
            let sealed = AESGCM.seal(Array(json), key: key, context: Array(organizationID.utf8))
        else { return "" }
        return Base64URL.encode(sealed)
    }

    /// Opens what ``seal(_:key:organizationID:seconds:now:)`` made.
    /// - Returns: nil for anything else, and when its time is over.
    static func open(_ text: String, key: [UInt8], organizationID: String, now: Int64) -> PortalState? {
        guard text.utf8.count <= longest, let sealed = Base64URL.decode(text.utf8),
            let json = AESGCM.open(sealed, key: key, context: Array(organizationID.utf8)),
            let state = try? JSONDecoder().decode(PortalState.self, from: Data(json)), state.expires > now
        else { return nil }
        return state
    }
}
