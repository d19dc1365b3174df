/// Octets that nobody can predict, from the operating system.
public func randomOctets(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, drawn in
        // Eight at a time: whatever the number's size, the system is asked for each.
        while drawn < count {
            withUnsafeBytes(of: generator.next()) { octets in
                for octet in octets.prefix(count - drawn) {
                    buffer.initializeElement(at: drawn, to: octet)
                    drawn += 1
                }
            }
        }
    }
}
