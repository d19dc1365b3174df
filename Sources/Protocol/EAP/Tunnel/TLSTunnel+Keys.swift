internal import TLSEngine

extension TLSTunnel {
    /// The method's keys from the TLS exporter (RFC 5216 §2.3, RFC 5281 §8, RFC 9190 §2.3, RFC 9427 §2.1).
    /// - Returns: nil before the handshake is complete.
    func keys() -> EAPKeys? {
        guard let material = keyMaterial(), let identifier = sessionIdentifier() else { return nil }
        return EAPKeys(msk: Array(material[..<64]), emsk: Array(material[64...]), sessionID: [type.rawValue] + identifier)
    }

    /// 128 octets: MSK, then EMSK.
    private func keyMaterial() -> [UInt8]? {
        if session.version == .v1_3 {
            return session.export(label: "EXPORTER_EAP_TLS_Key_Material", context: [type.rawValue], length: 128)
        }
        return session.export(label: type == .ttls ? "ttls keying material" : "client EAP encryption", context: nil, length: 128)
    }

    private func sessionIdentifier() -> [UInt8]? {
        if session.version == .v1_3 {
            return session.export(label: "EXPORTER_EAP_TLS_Method-Id", context: [type.rawValue], length: 64)
        }
        return session.clientRandom + session.serverRandom
    }
}
