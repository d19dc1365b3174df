import Digests
import RADIUSTransport

/// Lets the user's RADIUS token count as a password, behind the user's own passwords.
public struct AcceptUserToken: Stage {
    public let name = "RADIUS user token"

    public init() {}

    public func run(_ context: inout RequestContext) -> StageResult {
        guard let token = context.policy?.token else { return .next }
        if let organizationID = context.organizationID, organizationID != token.organizationID {
            context.note("the user's token is for another organization")
            return .next
        }
        var keys = token.canAuthenticate || context.repeats(token) ? [token.key] : []
        if let earlier = token.earlier, context.receivedSecond - earlier.replacedAt <= UserTokens.overlapSeconds {
            keys.append(earlier.key)
        }
        if keys.isEmpty { context.note("the user's token was used, or is not good yet") }
        for key in keys {
            let row = PolicyRow(
                table: .userToken, id: 0, attribute: "Cleartext-Password", op: ":=", value: key, organizationID: token.organizationID)
            context.passwords.append(KnownPassword(row: row, stored: .cleartext(Array(key.utf8)), text: key))
        }
        return .next
    }
}

/// Uses up a disposable token once everything else allows the login: durable before the Accept leaves, and good for one login only, however
/// many servers are asked at once. Stands last.
public struct SpendUserToken: BatchStage {
    public let name = "Use of the RADIUS user token"

    public init() {}

    public func run(_ contexts: inout [RequestContext], pending: [Int], stores: WorkerStores) {
        let spending = pending.filter { Self.spends(&contexts[$0]) }
        guard !spending.isEmpty, let store = stores.userTokens else { return }
        do throws(StoreError) {
            let uses = spending.map { index in
                UserTokenUse(
                    key: contexts[index].provenBy?.row.value ?? "", station: contexts[index].tokenStation,
                    epoch: contexts[index].receivedSecond)
            }
            for (index, isFirst) in zip(spending, try store.spend(uses)) where !isFirst {
                contexts[index].decide(.reject(.tokenUsed))
            }
        } catch {
            for index in spending { contexts[index].decide(.fail(error)) }
        }
    }
}

extension SpendUserToken {
    /// Changes nothing; `inout` spares a copy.
    private static func spends(_ context: inout RequestContext) -> Bool {
        context.provenBy?.row.table == .userToken && !context.isRehearsal && context.settings.disposesUserTokens
    }
}

extension RequestContext {
    /// Station and NAS of a request that may be a repetition; empty without a station, since then nothing tells repetitions from thefts.
    var tokenStation: String {
        guard let calling = callingStationID, !calling.isEmpty else { return "" }
        return "\(MACAddress(calling.prefix(17))?.text(.upperDashes) ?? calling) \(client.name)"
    }

    /// Whether the station that used the token asks again.
    fileprivate func repeats(_ token: UserToken) -> Bool {
        guard let spentAt = token.spentAt, !tokenStation.isEmpty, token.spentBy == tokenStation else { return false }
        return (0...UserTokens.repetitionSeconds).contains(receivedSecond - spentAt)
    }
}
