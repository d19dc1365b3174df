/// A user's or group's name as the tables compare it: byte by byte. `String` takes two spellings of é for one, and one person's rows
/// for another's.
struct StoredName: Hashable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (a: StoredName, b: StoredName) -> Bool {
        a.text.utf8.elementsEqual(b.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
