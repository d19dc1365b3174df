import Database
import Logging
import ServerKernel

/// Records delivery receipts, whichever way they come.
struct MessageReceipts: Sendable {
    let kernel: Kernel
    let counters: MessageCounters
    let now: @Sendable () -> Int64

    /// - Returns: false when the database could not be asked; the gateway should report again.
    func record(_ receipt: DeliveryReceipt, of gateway: String) async -> Bool {
        let time = now()
        do {
            try await kernel.withConnection { connection in
                _ = try connection.transaction { () throws(DatabaseError) in
                    try MessageReceiptStore(connection).receive(
                        receipt.state, providerID: receipt.providerID, at: gateway, code: receipt.code, now: time)
                }
            }
            counters.countReceipt(receipt.state)
            return true
        } catch {
            kernel.logger.warning("a delivery receipt is not recorded", metadata: ["gateway": "\(gateway)", "error": "\(error)"])
            return false
        }
    }
}
