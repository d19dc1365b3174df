/// Writes the accounting of the whole batch; only what is durable goes on to be answered (RFC 2866 §4.1).
///
/// Unknown status types are acknowledged without a record, or the NAS would repeat them forever.
public struct RecordAccounting: BatchStage {
    public let name = "Accounting"

    public init() {}

    public func run(_ contexts: inout [RequestContext], pending: [Int], stores: WorkerStores) {
        var records: [AccountingRecord] = []
        var indices: [Int] = []
        records.reserveCapacity(pending.count)
        indices.reserveCapacity(pending.count)
        // What its realm keeps only elsewhere needs no record.
        for index in pending where !contexts[index].isRecorded {
            let place = records.endIndex
            records.append(.begun(&contexts[index]))
            if case .other(let number) = records[place].statusType {
                contexts[index].isRecorded = true
                contexts[index].note("status type \(number) needs no record")
                records.removeLast()
                continue
            }
            contexts[index].note(
                records[place].statusType.event.map { "\($0.name) needs no session" } ?? "session \(records[place].uniqueID)")
            if contexts[index].isRehearsal {
                contexts[index].isRecorded = true
                records.removeLast()
                continue
            }
            records[place].read(&contexts[index])
            indices.append(index)
        }
        guard !records.isEmpty else { return }
        do throws(StoreError) {
            let results = try stores.accounting.record(records)
            guard results.count == records.count else { throw StoreError.failed("the store answered \(results.count) of \(records.count)") }
            for (result, index) in zip(results, indices) {
                switch result {
                case .stored:
                    contexts[index].isRecorded = true
                case .rejected(let cause):
                    contexts[index].note("refused: \(cause)")
                    contexts[index].decide(.invalid)
                }
            }
        } catch {
            for index in indices { contexts[index].decide(.fail(error)) }
        }
    }
}
