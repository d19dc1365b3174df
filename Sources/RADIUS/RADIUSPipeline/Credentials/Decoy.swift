import Digests
import NIOConcurrencyHelpers

/// The slow hash that users here have, verified for unknown users as well.
///
/// It follows what the installation stores: the hash that matched last. Without slow hashes a comparison takes no time worth hiding.
public final class Decoy: Sendable {
    private let box = NIOLockedValueBox<StoredPassword?>(nil)

    public init() {}

    var stored: StoredPassword? { box.withLockedValue { $0 } }

    func remember(_ password: StoredPassword) {
        box.withLockedValue { $0 = password }
    }
}
