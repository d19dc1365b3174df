import Foundation
import Glibc

/// A small file system of its own, in memory, that can be filled up. Only root may make one.
final class SmallDisk {
    static let isPossible: Bool = (try? SmallDisk(mebibytes: 1)) != nil

    let directory: URL
    private var ballast: URL { directory.appending(path: "ballast") }

    init(mebibytes: Int) throws {
        directory = try Surroundings.temporaryDirectory("disk")
        guard mount("tmpfs", directory.path, "tmpfs", 0, "size=\(mebibytes)m,mode=777") == 0 else {
            let error = String(cString: strerror(errno))
            try? FileManager.default.removeItem(at: directory)
            throw TimedOut(description: "cannot mount: \(error)")
        }
    }

    deinit {
        umount2(directory.path, Int32(MNT_DETACH))
        rmdir(directory.path)
    }

    /// Leaves no room.
    func fill() throws {
        _ = FileManager.default.createFile(atPath: ballast.path, contents: nil)
        let file = try FileHandle(forWritingTo: ballast)
        let block = Data(count: 4096)
        while (try? file.write(contentsOf: block)) != nil {}
    }

    func free() throws { try FileManager.default.removeItem(at: ballast) }
}
