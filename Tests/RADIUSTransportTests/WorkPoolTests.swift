import Foundation
import NIOConcurrencyHelpers
import RADIUSTransport
import Testing

@Suite struct WorkPoolTests {
    @Test func everythingSubmittedRunsInOrder() {
        let pool = WorkPool(threads: 1, capacity: 1001)
        let ran = NIOLockedValueBox<[Int]>([])
        let done = DispatchSemaphore(value: 0)
        for number in 0..<1000 {
            pool.submit({ ran.withLockedValue { $0.append(number) } }, onShed: { Issue.record("shed") })
        }
        pool.submit({ done.signal() }, onShed: { done.signal() })
        #expect(done.wait(timeout: .now() + 10) == .success)
        #expect(ran.withLockedValue { $0 } == Array(0..<1000))
        pool.stop()
    }

    @Test func aFullPoolShedsTheOldest() {
        let pool = WorkPool(threads: 1, capacity: 2)
        let (started, gate, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let (ran, shed) = (NIOLockedValueBox<[Int]>([]), NIOLockedValueBox<[Int]>([]))
        pool.submit(
            {
                started.signal()
                gate.wait()
            }, onShed: {})
        started.wait()
        for number in 1...4 {
            pool.submit(
                {
                    ran.withLockedValue { $0.append(number) }
                    done.signal()
                }, onShed: { shed.withLockedValue { $0.append(number) } })
        }
        #expect(shed.withLockedValue { $0 } == [1, 2])
        #expect(pool.shedCount == 2)
        #expect(pool.waiting == 2)
        gate.signal()
        #expect(done.wait(timeout: .now() + 10) == .success)
        #expect(done.wait(timeout: .now() + 10) == .success)
        #expect(ran.withLockedValue { $0 } == [3, 4])
        pool.stop()
    }

    @Test func stoppingShedsWhatWaitsAndEndsWhatRuns() {
        let pool = WorkPool(threads: 1, capacity: 10)
        let (started, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let (finished, shed) = (NIOLockedValueBox(false), NIOLockedValueBox(0))
        pool.submit(
            {
                started.signal()
                gate.wait()
                finished.withLockedValue { $0 = true }
            }, onShed: {})
        started.wait()
        pool.submit(
            { Issue.record("ran") },
            onShed: {
                shed.withLockedValue { $0 += 1 }
                gate.signal()
            })
        pool.stop()
        #expect(finished.withLockedValue { $0 })
        pool.submit({ Issue.record("ran") }, onShed: { shed.withLockedValue { $0 += 1 } })
        #expect(shed.withLockedValue { $0 } == 2)
    }

    @Test func threadsWorkSideBySide() {
        let pool = WorkPool(threads: 2, capacity: 10)
        let (first, second, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        pool.submit(
            {
                first.signal()
                second.wait()
                done.signal()
            }, onShed: {})
        pool.submit(
            {
                first.wait()
                second.signal()
                done.signal()
            }, onShed: {})
        #expect(done.wait(timeout: .now() + 10) == .success)
        #expect(done.wait(timeout: .now() + 10) == .success)
        pool.stop()
    }
}
