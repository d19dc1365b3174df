import CSASL
import Glibc
import NIOConcurrencyHelpers

/// libsasl2 in this process: initialised once, with callbacks that live as long as it does.
enum SASLLibrary {
    private static let state: Int32 = sasl_server_init(nil, "radian")

    /// Whether the library can be used.
    static var isReady: Bool { state == SASL_OK }
}

/// The options of one back end, as libsasl2 asks for them by a callback.
///
/// `@unchecked Sendable`: written once, before anybody reads; never freed, since the library keeps pointers into it.
final class SASLOptions: @unchecked Sendable {
    private typealias GetOption =
        @convention(c) (
            UnsafeMutableRawPointer?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafeMutablePointer<UnsafePointer<CChar>?>?,
            UnsafeMutablePointer<UInt32>?
        ) -> Int32
    private typealias Log = @convention(c) (UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?) -> Int32

    private let values: [(name: UnsafeMutablePointer<CChar>, value: UnsafeMutablePointer<CChar>)]
    /// GETOPT, LOG and the end of the list.
    let callbacks: UnsafeMutablePointer<sasl_callback_t>

    private static let getOption: GetOption = { context, _, option, result, length in
        guard let context, let option, let result else { return SASL_BADPARAM }
        let options = Unmanaged<SASLOptions>.fromOpaque(context).takeUnretainedValue()
        guard let known = options.values.first(where: { strcmp($0.name, option) == 0 }) else { return SASL_FAIL }
        result.pointee = UnsafePointer(known.value)
        length?.pointee = UInt32(strlen(known.value))
        return SASL_OK
    }
    /// What goes wrong is in the result; the library's own lines would go to syslog.
    private static let log: Log = { _, _, _ in SASL_OK }

    init(_ options: [String: String]) {
        values = options.compactMap { name, value in
            guard let name = strdup(name), let value = strdup(value) else { return nil }
            return (name, value)
        }
        callbacks = .allocate(capacity: 3)
        let context = Unmanaged.passRetained(self).toOpaque()
        // The library's struct has one type for all functions, and calls each as what its id says.
        callbacks[0] = sasl_callback_t(
            id: UInt(SASL_CB_GETOPT), proc: unsafeBitCast(Self.getOption, to: (@convention(c) () -> Int32).self), context: context)
        callbacks[1] = sasl_callback_t(
            id: UInt(SASL_CB_LOG), proc: unsafeBitCast(Self.log, to: (@convention(c) () -> Int32).self), context: context)
        callbacks[2] = sasl_callback_t(id: UInt(SASL_CB_LIST_END), proc: nil, context: nil)
    }
}
