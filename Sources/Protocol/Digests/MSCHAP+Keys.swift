extension MSCHAP {
    /// The master key of one version 2 authentication (RFC 3079 §3.4 GetMasterKey); 16 octets.
    ///
    /// - Parameters:
    ///   - hashOfHash: 16 octets, ``NTHash/hashOfHash(_:)``.
    ///   - ntResponse: 24 octets.
    public static func mppeMasterKey(hashOfHash: [UInt8], ntResponse: [UInt8]) -> [UInt8] {
        SHA1.hash(hashOfHash, ntResponse, masterKeyMagic, length: 16)
    }

    /// The 128-bit start keys of version 2 (RFC 3079 §3.3), named from the server's side.
    ///
    /// - Returns: `serverSend` for MS-MPPE-Send-Key and `serverReceive` for MS-MPPE-Recv-Key, 16 octets each.
    public static func mppeKeys(hashOfHash: [UInt8], ntResponse: [UInt8]) -> (serverSend: [UInt8], serverReceive: [UInt8]) {
        let masterKey = mppeMasterKey(hashOfHash: hashOfHash, ntResponse: ntResponse)
        return (
            asymmetricStartKey(masterKey, serverSendMagic), asymmetricStartKey(masterKey, serverReceiveMagic)
        )
    }

    /// The content of MS-CHAP-MPPE-Keys before it is hidden (RFC 2548 §2.4.1).
    ///
    /// - Parameters:
    ///   - lmHash: 16 octets, or `nil` when only the NT hash is stored: that part is then zero.
    ///   - ntHash: 16 octets.
    /// - Returns: 24 octets: the first half of the LAN Manager hash, then the hash of the NT hash.
    public static func mschapV1Keys(lmHash: [UInt8]?, ntHash: [UInt8]) -> [UInt8] {
        let lmKey = (lmHash ?? []).prefix(8)
        return lmKey + [UInt8](repeating: 0, count: 8 - lmKey.count) + NTHash.hashOfHash(ntHash)
    }

    private static let masterKeyMagic = Array("This is the MPPE Master Key".utf8)
    // With 40 zeros in front and 40 times 0xF2 behind.
    private static let serverSendMagic = padded("On the client side, this is the receive key; on the server side, it is the send key.")
    private static let serverReceiveMagic = padded("On the client side, this is the send key; on the server side, it is the receive key.")

    private static func padded(_ magic: String) -> [UInt8] {
        [UInt8](repeating: 0, count: 40) + magic.utf8 + [UInt8](repeating: 0xF2, count: 40)
    }

    private static func asymmetricStartKey(_ masterKey: [UInt8], _ magic: [UInt8]) -> [UInt8] {
        SHA1.hash(masterKey, magic, [], length: 16)
    }
}
