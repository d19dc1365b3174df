public import Database
import NIOConcurrencyHelpers
public import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import ServerKernel

/// Recognises the request for authorization that a NAS sends because this server told it to (RFC 5176 §3.2): Service-Type is
/// Authorize-Only, and State is one that was issued for a session of this NAS that is still open. It goes on as that session's.
///
/// Any other request for authorization without a proof is refused, so that nobody learns what a user may do by asking.
///
/// `@unchecked Sendable`: `lock` guards `connection`.
public final class RecogniseAuthorizeOnly: Stage, @unchecked Sendable {
    public static let name = "Renewed authorization"
    public var name: String { Self.name }
    private let lock = NIOLock()
    private let connection: KeptConnection

    public init(_ engine: any DatabaseEngine) {
        connection = KeptConnection(engine, .general)
    }

    public func run(_ context: inout RequestContext) -> StageResult {
        guard context.asksForAuthorizationOnly else { return .next }
        guard let state = context.packet.text(stateType), AuthorizeOnlyStore.mayHaveDrawn(state) else {
            return .decided(.reject(.authorizationUnasked))
        }
        return .offload { [self] context in
            do throws(DatabaseError) {
                guard let found = try session(state, at: context.epochMicroseconds),
                    found.nas == context.nasAddress.description,
                    context.packet.text(acctSessionIDType).map({ $0 == found.acctSessionID }) ?? true
                else { return .decided(.reject(.authorizationUnasked)) }
                context.adopt(found.session)
                return .next
            } catch {
                return .decided(.fail(.unavailable(error.description)))
            }
        }
    }

    private func session(
        _ state: String, at now: Int64
    ) throws(DatabaseError) -> (session: EstablishedSession, acctSessionID: String, nas: String)? {
        let result = lock.withLock {
            Result { () throws(DatabaseError) in
                try connection.use { connection throws(DatabaseError) in try AuthorizeOnlyStore(connection).session(state, at: now) }
            }
        }
        return try result.get()
    }

    private var stateType: UInt8 { 24 }
    private var acctSessionIDType: UInt8 { 44 }
}
