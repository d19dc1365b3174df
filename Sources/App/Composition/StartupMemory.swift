import Foundation
import Glibc
import ServiceLifecycle

/// Gives back memory that only the start needed, once: the program's and the libraries' code, of which the start touches most and serving little.
/// It comes back page by page from the files as it is called.
struct StartupMemory: Service {
    /// By then the jobs have run for the first time.
    private static let delay = Duration.seconds(1)

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            try await Task.sleep(for: Self.delay)
            Self.release()
        }
        try? await gracefulShutdown()
    }

    static func release() {
        guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else { return }
        for range in codeRanges(maps) {
            // Nothing but the file's content is there, since nobody may write to it.
            guard let start = UnsafeMutableRawPointer(bitPattern: range.lowerBound) else { continue }
            madvise(start, Int(range.count), MADV_DONTNEED)
        }
    }

    /// Addresses of code that comes from files, in the notation of proc(5): `55d0a000-55d0f000 r-xp 00002000 fe:00 1234 /usr/bin/radian`.
    static func codeRanges(_ maps: String) -> [Range<UInt>] {
        maps.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", maxSplits: 5)
            guard fields.count == 6, fields[1] == "r-xp", fields[5].drop(while: { $0 == " " }).hasPrefix("/") else { return nil }
            let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2, ends[0] < ends[1] else { return nil }
            return ends[0]..<ends[1]
        }
    }
}
