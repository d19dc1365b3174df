import CCurl
import Dispatch
import Foundation
import Glibc

/// Fetches inputs by libcurl. Each connection, that of a redirect too, is checked against the address that was really resolved.
public final class InputFetcher: Sendable {
    private let guarding: NetworkGuard
    private let timeoutSeconds: Double
    private let limit: Int
    /// Calls block; so many at a time.
    private let threads: OperationQueue

    public init(_ settings: TopologySettings) {
        guarding = NetworkGuard(allowing: settings.allowedNetworks)
        timeoutSeconds = settings.timeoutSeconds
        limit = settings.largestInput
        threads = OperationQueue()
        threads.name = "topology-fetch"
        threads.maxConcurrentOperationCount = 4
    }

    /// Fetches without blocking the caller's thread.
    func fetch(_ url: String) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
            threads.addOperation { continuation.resume(with: Result { try self.fetchBlocking(url) }) }
        }
    }

    /// Fetches; blocks until the answer is whole or the time is over.
    public func fetchBlocking(_ url: String) throws(FetchFailure) -> [UInt8] {
        guard let scheme = URLComponents(string: url)?.scheme?.lowercased(), ["http", "https", "telnet"].contains(scheme) else {
            throw .unusableURL
        }
        guard let handle = curl_easy_init() else { throw .connection("libcurl cannot be used") }
        defer { curl_easy_cleanup(handle) }
        let transfer = Transfer(limit: limit, guarding: guarding)
        configure(handle, transfer)
        if scheme == "telnet" { return try talk(handle, transfer, url) }
        ccurl_set_text(handle, CURLOPT_URL, url)
        let result = withExtendedLifetime(transfer) { curl_easy_perform(handle) }
        if let failure = transfer.failure(result) { throw failure }
        var code = 0
        ccurl_get_long(handle, CURLINFO_RESPONSE_CODE, &code)
        guard code == 200 else { throw .status(code) }
        return transfer.octets
    }

    private func configure(_ handle: UnsafeMutableRawPointer, _ transfer: Transfer) {
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        ccurl_set_text(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        ccurl_set_long(handle, CURLOPT_FOLLOWLOCATION, 1)
        ccurl_set_long(handle, CURLOPT_MAXREDIRS, 5)
        // A proxy of the environment would be asked instead of the address that was checked.
        ccurl_set_text(handle, CURLOPT_PROXY, "")
        ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, Int(timeoutSeconds * 1000))
        ccurl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, Int(timeoutSeconds * 1000))
        ccurl_set_text(handle, CURLOPT_ACCEPT_ENCODING, "")
        ccurl_set_text(handle, CURLOPT_USERAGENT, "Radian")
        ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        ccurl_set_callback(handle, CURLOPT_WRITEFUNCTION) { data, size, count, context in
            guard let data, let context else { return 0 }
            let octets = UnsafeRawBufferPointer(start: data, count: size * count)
            return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().append(octets) ? octets.count : 0
        }
        ccurl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, context)
        ccurl_set_open_socket(handle) { context, _, address in
            guard let context, let address, Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().admits(address) else {
                return ccurl_bad_socket()
            }
            return ccurl_open_socket(address)
        }
    }

    /// Reads what a program prints to whoever connects, until it closes.
    private func talk(_ handle: UnsafeMutableRawPointer, _ transfer: Transfer, _ url: String) throws(FetchFailure) -> [UInt8] {
        guard let parts = URLComponents(string: url), let host = parts.host else { throw .unusableURL }
        let start = DispatchTime.now()
        // libcurl connects as to a web server and leaves the rest to us.
        ccurl_set_text(handle, CURLOPT_URL, "http://\(host):\(parts.port ?? 23)/")
        ccurl_set_long(handle, CURLOPT_CONNECT_ONLY, 1)
        let result = withExtendedLifetime(transfer) { curl_easy_perform(handle) }
        if let failure = transfer.failure(result) { throw failure }
        var socket = ccurl_bad_socket()
        guard ccurl_get_socket(handle, &socket) == CURLE_OK, socket != ccurl_bad_socket() else { throw .connection("no connection") }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let passed = Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
            guard passed < timeoutSeconds else { throw .timeout }
            var received = 0
            let outcome = curl_easy_recv(handle, &buffer, buffer.count, &received)
            if outcome == CURLE_AGAIN {
                var wanted = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
                _ = poll(&wanted, 1, Int32(max(1, (timeoutSeconds - passed) * 1000)))
                continue
            }
            guard outcome == CURLE_OK else { throw .connection(String(cString: curl_easy_strerror(outcome))) }
            if received == 0 { return transfer.octets }
            let isTaken = buffer.withUnsafeBytes { transfer.append(UnsafeRawBufferPointer(rebasing: $0[..<received])) }
            guard isTaken else { throw .tooLarge(limit: limit) }
        }
    }

    /// An answer on its way. Used by one thread, inside of `curl_easy_perform`.
    private final class Transfer {
        private(set) var octets: [UInt8] = []
        private let limit: Int
        private let guarding: NetworkGuard
        private var isTooLarge = false
        private var isForbidden = false

        init(limit: Int, guarding: NetworkGuard) {
            self.limit = limit
            self.guarding = guarding
        }

        /// - Returns: false for more than is wanted.
        func append(_ part: UnsafeRawBufferPointer) -> Bool {
            guard octets.count + part.count <= limit else {
                isTooLarge = true
                return false
            }
            octets.append(contentsOf: part)
            return true
        }

        func admits(_ address: UnsafeMutablePointer<curl_sockaddr>) -> Bool {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let isNamed =
                getnameinfo(
                    ccurl_address(address), address.pointee.addrlen, &text, socklen_t(text.count), nil, 0, Int32(NI_NUMERICHOST)) == 0
            // A link-local address has its zone behind it.
            let name = String(
                decoding: text.prefix { $0 != 0 && $0 != CChar(UInt8(ascii: "%")) }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if isNamed, guarding.permits(name) { return true }
            isForbidden = true
            return false
        }

        func failure(_ result: CURLcode) -> FetchFailure? {
            if result == CURLE_OK { return nil }
            if isTooLarge { return .tooLarge(limit: limit) }
            if isForbidden { return .forbiddenAddress }
            if result == CURLE_OPERATION_TIMEDOUT { return .timeout }
            return .connection(String(cString: curl_easy_strerror(result)))
        }
    }
}
