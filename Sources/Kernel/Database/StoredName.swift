/// A user's or group's name as the tables compare it: byte by byte. `String` takes two spellings of é for one, and one person's rows
/// for another's.
public struct StoredName: Hashable, Sendable, Comparable {
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    public static func == (a: StoredName, b: StoredName) -> Bool {
        a.text.utf8.elementsEqual(b.text.utf8)
    }

    public static func < (a: StoredName, b: StoredName) -> Bool {
        a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
