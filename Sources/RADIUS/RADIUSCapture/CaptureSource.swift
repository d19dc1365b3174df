import CPcap
import NIOConcurrencyHelpers

/// Reads frames from an interface or a file, by libpcap.
///
/// `@unchecked Sendable`: `handle` is used by the one thread that calls ``next()``; ``stop()`` only does what libpcap lets other threads do.
public final class CaptureSource: @unchecked Sendable {
    /// What ``next()`` met.
    public enum Reading: Sendable {
        case frame(CapturedFrame)
        /// Nothing came for a moment.
        case pause
        /// The file is read, or ``stop()`` was called.
        case end
    }

    /// Frames are long enough for a RADIUS packet and what is around it.
    private static let snapshotLength: Int32 = 65_535
    private let handle: OpaquePointer
    private let isStopped = NIOLockedValueBox(false)
    /// How frames begin, libpcap's number (`DLT_…`).
    public let linkType: Int32

    private init(_ handle: OpaquePointer) {
        self.handle = handle
        linkType = pcap_datalink(handle)
    }

    deinit { pcap_close(handle) }

    /// Opens a file of tcpdump's or Wireshark's formats.
    public convenience init(file: String) throws(CaptureError) {
        var message = Self.emptyMessage
        guard let handle = pcap_open_offline(file, &message) else { throw CaptureError(Self.text(message)) }
        self.init(handle)
    }

    /// Listens on an interface; `any` is all of them. Needs the right to capture (CAP_NET_RAW).
    /// - Parameter bufferBytes: what the kernel keeps while nobody reads.
    public convenience init(interface: String, bufferBytes: Int = 8 << 20) throws(CaptureError) {
        var message = Self.emptyMessage
        guard let handle = pcap_create(interface, &message) else { throw CaptureError(Self.text(message)) }
        pcap_set_snaplen(handle, Self.snapshotLength)
        pcap_set_timeout(handle, 100)
        pcap_set_buffer_size(handle, Int32(clamping: bufferBytes))
        let status = pcap_activate(handle)
        guard status >= 0 else {
            let reason = String(cString: pcap_geterr(handle))
            let kind = String(cString: pcap_statustostr(status))
            pcap_close(handle)
            throw CaptureError("cannot capture on \(interface): \(kind)\(reason.isEmpty || reason == kind ? "" : " (\(reason))")")
        }
        self.init(handle)
    }

    /// Keeps only frames that a filter of libpcap's language lets through.
    public func filter(_ expression: String) throws(CaptureError) {
        var program = bpf_program()
        guard pcap_compile(handle, &program, expression, 1, bpf_u_int32(UInt32.max)) == 0 else {
            throw CaptureError("filter '\(expression)': \(String(cString: pcap_geterr(handle)))")
        }
        defer { pcap_freecode(&program) }
        guard pcap_setfilter(handle, &program) == 0 else { throw CaptureError(String(cString: pcap_geterr(handle))) }
    }

    /// Waits for the next frame; on an interface, about a tenth of a second where the system keeps time.
    public func next() throws(CaptureError) -> Reading {
        guard !isStopped.withLockedValue({ $0 }) else { return .end }
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var data: UnsafePointer<UInt8>?
        switch pcap_next_ex(handle, &header, &data) {
        case 1:
            guard let header = header?.pointee, let data else { return .pause }
            let octets = Array(UnsafeBufferPointer(start: data, count: Int(header.caplen)))
            let time = Int64(header.ts.tv_sec) * 1_000_000 + Int64(header.ts.tv_usec)
            return .frame(CapturedFrame(epochMicroseconds: time, octets: octets, length: Int(header.len)))
        case 0: return .pause
        case PCAP_ERROR_BREAK: return .end
        default: throw CaptureError(String(cString: pcap_geterr(handle)))
        }
    }

    /// Frames that the kernel threw away because nobody read them in time; nil for a file.
    public var lostFrames: Int? {
        var statistics = pcap_stat()
        return pcap_stats(handle, &statistics) == 0 ? Int(statistics.ps_drop) : nil
    }

    /// Makes ``next()`` answer ``Reading/end``; from any thread.
    public func stop() {
        isStopped.withLockedValue { $0 = true }
        // Linux wakes a reader for frames only, however short the time limit.
        pcap_breakloop(handle)
    }

    private static let emptyMessage = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))

    private static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
