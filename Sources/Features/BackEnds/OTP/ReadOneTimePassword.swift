import Digests
import RADIUSDictionary
public import RADIUSPipeline
import RADIUSTransport
import RADIUSWire

/// Takes the code off the password of a user who has a secret, or takes the answer to a challenge. What it found counts in
/// ``RequireOneTimePassword``, once the password itself was verified, so that a wrong code and a wrong password look alike until then.
public struct ReadOneTimePassword: BatchStage {
    public let name = "One-time password"
    let settings: OneTimePasswordSettings
    let state: OneTimePasswordState

    public func run(_ contexts: inout [RequestContext], pending: [Int], stores: WorkerStores) {
        guard let store = stores.oneTimePasswords else { return }
        let asked = pending.filter { index in
            guard !contexts[index].isAuthenticated, !contexts[index].isOutsideDatabase, !contexts[index].userName.isEmpty else {
                return false
            }
            switch contexts[index].credential {
            case .none, .lookup, .proven, .established: return false
            default: return true
            }
        }
        guard !asked.isEmpty else { return }
        let secrets: [OneTimePasswordSecret]
        do {
            secrets = try store.secrets(of: asked.map { contexts[$0].userName })
        } catch {
            for index in asked { contexts[index].decide(.fail(error)) }
            return
        }
        for index in asked {
            guard let secret = secret(of: &contexts[index], among: secrets) else { continue }
            read(secret, &contexts[index])
        }
    }

    /// FreeRADIUS's control attributes come first, as a row is nearer to the request than a table of all users.
    private func secret(of context: inout RequestContext, among secrets: [OneTimePasswordSecret]) -> OneTimePasswordSecret? {
        let user = context.userName
        let stored = secrets.filter { secret in
            secret.userName.utf8.elementsEqual(user.utf8)
                && (secret.organizationID == nil || secret.organizationID == context.organizationID)
        }
        // A secret of the organization is nearer than one for all.
        let found = stored.first { $0.organizationID != nil } ?? stored.first
        if case .bytes(let key)? = context.control(context.dictionary.attribute(named: "TOTP-Key")), !key.isEmpty {
            return with(key, found, user)
        }
        if case .bytes(let text)? = context.control(context.dictionary.attribute(named: "TOTP-Secret")) {
            guard let key = Base32.decode(String(decoding: text, as: UTF8.self)) else {
                context.note("TOTP-Secret is not base32")
                context.decide(.reject(.policyMisconfigured))
                return nil
            }
            return with(key, found, user)
        }
        return found
    }

    private func with(_ key: [UInt8], _ found: OneTimePasswordSecret?, _ user: String) -> OneTimePasswordSecret {
        var secret = found ?? OneTimePasswordSecret(userName: user, secret: key)
        secret.secret = key
        return secret
    }

    private func read(_ secret: OneTimePasswordSecret, _ context: inout RequestContext) {
        guard case .pap(let password) = context.credential else { return context.decide(.reject(.oneTimePasswordMissing)) }
        if let answered = context.packet.value(stateType).map({ Array($0) }),
            state.take(answered, userName: context.userName, clientName: context.client.name, now: context.receivedEpoch)
        {
            context.note("answers a challenge")
            // The password was right when the challenge was sent.
            context.isAuthenticated = true
            context.oneTimePassword = check(password, secret, &context)
            return
        }
        guard secret.mode == .append || context.isEAP else {
            context.oneTimePassword = .missing(isAsked: true)
            return
        }
        let code = Array(password.suffix(secret.digits))
        guard code.count == secret.digits, code.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            context.oneTimePassword = .missing(isAsked: false)
            return
        }
        context.credential = .pap(password: Array(password.dropLast(secret.digits)))
        context.oneTimePassword = check(code, secret, &context)
    }

    private func check(_ code: [UInt8], _ secret: OneTimePasswordSecret, _ context: inout RequestContext) -> OneTimePasswordCheck {
        var epoch = context.receivedEpoch
        if case .signed(let offset)? = context.control(context.dictionary.attribute(named: "TOTP-Time-Offset")) { epoch += Double(offset) }
        guard let counter = TOTP(secret).counter(of: code, at: epoch, window: settings.window) else { return .wrong }
        return .matched(counter: counter, organizationID: secret.organizationID)
    }

    /// State (RFC 2865 §5.24).
    private var stateType: UInt8 { 24 }
}
