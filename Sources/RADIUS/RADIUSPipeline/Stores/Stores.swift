/// Why a store could not answer. The texts go to the log, never to a peer.
public enum StoreError: Error, Equatable, Sendable {
    /// The database is away; a later attempt may succeed.
    case unavailable(String)
    /// The database answered with an error that repeating will not cure.
    case failed(String)
}

/// Reads users with their groups and rows. Confined to one packet thread.
public protocol PolicyStore: AnyObject {
    /// One database visit for the whole batch.
    /// - Returns: one policy per query, in the same order; an empty policy for an unknown name.
    func load(_ queries: [PolicyQuery]) throws(StoreError) -> [UserPolicy]
}

/// Writes a password the user changed through MS-CHAP. Confined to one packet thread.
public protocol CredentialStore: AnyObject {
    /// Replaces the values of rows of radcheck, all or none.
    func change(_ rows: [ChangedRow]) throws(StoreError)
}

/// A row of radcheck with the value it shall have.
public struct ChangedRow: Sendable, Hashable {
    public var row: PolicyRow
    /// In the form that the row's attribute asks for.
    public var value: String

    public init(row: PolicyRow, value: String) {
        self.row = row
        self.value = value
    }
}

/// What became of one accounting record.
public enum AccountingResult: Sendable, Hashable {
    /// Durable: the NAS may be answered.
    case stored
    /// Refused by the database for good; the text names the cause without values.
    case rejected(String)
}

/// Writes accounting. Confined to one packet thread.
public protocol AccountingStore: AnyObject {
    /// Writes the batch; what is reported as stored is durable on return.
    /// - Returns: one result per record, in the same order.
    func record(_ records: [AccountingRecord]) throws(StoreError) -> [AccountingResult]
}

/// The stores of one packet thread.
public struct WorkerStores {
    public var policy: any PolicyStore
    public var credentials: any CredentialStore
    public var accounting: any AccountingStore
    /// Nil where nothing is passed on to home servers.
    public var relay: (any RelayStore)?
    /// Nil where nobody has counters or quotas.
    public var usage: (any UsageStore)?
    /// Nil where nobody has one-time passwords.
    public var oneTimePasswords: (any OneTimePasswordStore)?
    /// Nil where no addresses are leased.
    public var addresses: (any AddressStore)?
    /// Nil where no tokens are used up.
    public var userTokens: (any UserTokenStore)?

    public init(
        policy: any PolicyStore, credentials: any CredentialStore, accounting: any AccountingStore, relay: (any RelayStore)? = nil
    ) {
        self.policy = policy
        self.credentials = credentials
        self.accounting = accounting
        self.relay = relay
    }
}

/// Opens the stores of a packet thread, on that thread.
public protocol StoreFactory: Sendable {
    /// Never fails: a store whose database is away throws ``StoreError/unavailable(_:)`` from its calls.
    func makeStores() -> WorkerStores
}
