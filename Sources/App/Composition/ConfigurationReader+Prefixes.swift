import RADIUSTransport
import ServerKernel

extension ConfigurationReader {
    /// A list of addresses and prefixes; what is none is a problem of the reader's.
    mutating func prefixes(_ section: String, _ key: String, default value: [IPPrefix]) -> [IPPrefix] {
        list(section, key, default: value.map(\.description)).compactMap { text in
            let prefix = IPPrefix(text)
            if prefix == nil { report(location(section, key), "'\(text)' is not an address or prefix") }
            return prefix
        }
    }
}
