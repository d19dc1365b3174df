import CPcap
import Glibc

/// Writes frames to a file that tcpdump and Wireshark read. One thread at a time.
public final class CaptureFile {
    private let handle: OpaquePointer
    private let dump: OpaquePointer

    /// Creates or replaces a file.
    /// - Parameter linkType: of all frames, libpcap's number (`DLT_…`).
    public init(path: String, linkType: Int32) throws(CaptureError) {
        guard let handle = pcap_open_dead(linkType, 65_535) else { throw CaptureError("cannot write captures of link type \(linkType)") }
        guard let dump = pcap_dump_open(handle, path) else {
            let reason = String(cString: pcap_geterr(handle))
            pcap_close(handle)
            throw CaptureError(reason)
        }
        self.handle = handle
        self.dump = dump
    }

    deinit {
        pcap_dump_close(dump)
        pcap_close(handle)
    }

    /// Appends a frame; a reader sees it at once.
    public func append(_ frame: CapturedFrame) throws(CaptureError) {
        var header = pcap_pkthdr()
        header.ts = timeval(tv_sec: Int(frame.epochMicroseconds / 1_000_000), tv_usec: Int(frame.epochMicroseconds % 1_000_000))
        header.caplen = bpf_u_int32(frame.octets.count)
        header.len = bpf_u_int32(frame.length)
        withUnsafeMutablePointer(to: &header) { header in
            pcap_dump(UnsafeMutableRawPointer(dump).assumingMemoryBound(to: UInt8.self), header, frame.octets)
        }
        guard pcap_dump_flush(dump) == 0 else { throw CaptureError("cannot write the capture: \(String(cString: strerror(errno)))") }
    }
}
