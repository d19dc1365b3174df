import CUDP
import Glibc

/// A plain system thread, for code that blocks.
public struct NamedThread: Sendable {
    private let handle: pthread_t

    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Starts a thread; every one must be joined. Stops the process where the system has no thread left to give.
    /// - Parameter name: shown by `top -H`; the kernel keeps 15 octets.
    public init(_ name: String, _ run: @escaping @Sendable () -> Void) {
        let body = Unmanaged.passRetained(Body(name: String(decoding: name.utf8.prefix(15), as: UTF8.self), run: run))
        var handle = pthread_t()
        let error = pthread_create(
            &handle, nil,
            { argument in
                guard let argument else { return nil }
                let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                cudp_name_thread(body.name)
                body.run()
                return nil
            }, body.toOpaque())
        precondition(error == 0, "no thread: \(String(cString: strerror(error)))")
        self.handle = handle
    }

    /// Waits for the thread's end. Call once, from another thread.
    public func join() { pthread_join(handle, nil) }
}
