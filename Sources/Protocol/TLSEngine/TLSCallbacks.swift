import COpenSSL

/// What OpenSSL asks during a handshake. Each finds its session through the SSL object.
enum TLSCallbacks {
    static func install(_ configuration: TLSConfiguration, in context: OpaquePointer) {
        SSL_CTX_set_verify(context, configuration.verification.mode) { TLSVerification.judge(isGood: $0 == 1, $1) ? 1 : 0 }
        if configuration.role == .server {
            SSL_CTX_set_cert_verify_callback(context, { store, _ in TLSVerification.verify(store) ? 1 : 0 }, nil)
        }
        SSL_CTX_set_info_callback(context) { ssl, event, value in
            guard event & SSL_CB_ALERT != 0 else { return }
            TLSSession.of(ssl)?.noteAlert(
                UInt8(truncatingIfNeeded: value), isFatal: value >> 8 == SSL3_AL_FATAL, isSent: event & SSL_CB_WRITE != 0)
        }
        if configuration.role == .server, !configuration.applicationProtocols.isEmpty {
            SSL_CTX_set_alpn_select_cb(context, selectProtocol, nil)
        }
        if configuration.role == .server, !configuration.furtherIdentities.isEmpty {
            SSL_CTX_set_cert_cb(context, chooseCertificate, nil)
        }
        installKeys(configuration, in: context)
        installResumption(configuration, in: context)
        installStatus(configuration, in: context)
        if configuration.transport == .datagram, configuration.role == .server { installCookies(in: context) }
    }

    private static let selectProtocol: SSL_CTX_alpn_select_cb_func = { ssl, chosen, chosenLength, offered, offeredLength, _ in
        guard let session = TLSSession.of(ssl), let offered else { return SSL_TLSEXT_ERR_NOACK }
        let names = UnsafeBufferPointer(start: offered, count: Int(offeredLength))
        for wanted in session.context.configuration.applicationProtocols {
            var start = 0
            while start < names.count {
                let end = start + 1 + Int(names[start])
                guard end <= names.count else { break }
                if names[(start + 1)..<end].elementsEqual(wanted.utf8) {
                    // OpenSSL wants a pointer that stays: the offer does.
                    chosen?.pointee = offered + start + 1
                    chosenLength?.pointee = names[start]
                    return SSL_TLSEXT_ERR_OK
                }
                start = end
            }
        }
        return session.context.configuration.refusesOtherApplicationProtocols ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_NOACK
    }

    /// By the name that the client asks for.
    private static let chooseCertificate: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32 = { ssl, _ in
        guard let ssl, let session = TLSSession.of(ssl), let text = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) else { return 1 }
        let name = String(cString: text)
        guard !ServerIdentity.isFor(name, SSL_get_certificate(ssl)),
            let identity = session.context.furtherIdentities.first(where: { $0.serves(name) })
        else { return 1 }
        session.ownCertificate = identity.certificate
        return identity.use(in: ssl) ? 1 : 0
    }

    private static func installKeys(_ configuration: TLSConfiguration, in context: OpaquePointer) {
        switch configuration.preSharedKeys {
        case .server:
            // Serves TLS 1.3 too, with SHA-256 suites (RFC 8446 §4.2.11).
            SSL_CTX_set_psk_server_callback(context) { ssl, identity, buffer, size in
                guard let session = TLSSession.of(ssl), let identity, let buffer,
                    case .server(let lookup) = session.context.configuration.preSharedKeys
                else { return 0 }
                let name = String(cString: identity)
                guard let key = lookup(name), !key.isEmpty, key.count <= size else { return 0 }
                session.preSharedKeyIdentity = name
                UnsafeMutableRawBufferPointer(start: buffer, count: Int(size)).copyBytes(from: key)
                return UInt32(key.count)
            }
        case .client:
            SSL_CTX_set_psk_client_callback(context) { ssl, _, identityBuffer, identitySize, buffer, size in
                guard let session = TLSSession.of(ssl), let identityBuffer, let buffer,
                    case .client(let identity, let key) = session.context.configuration.preSharedKeys,
                    identity.utf8.count < identitySize, !key.isEmpty, key.count <= size
                else { return 0 }
                session.preSharedKeyIdentity = identity
                UnsafeMutableRawBufferPointer(start: identityBuffer, count: Int(identitySize)).copyBytes(from: Array(identity.utf8) + [0])
                UnsafeMutableRawBufferPointer(start: buffer, count: Int(size)).copyBytes(from: key)
                return UInt32(key.count)
            }
        case nil: break
        }
    }

    private static func installResumption(_ configuration: TLSConfiguration, in context: OpaquePointer) {
        guard configuration.resumption != nil else {
            SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF), nil)
            return
        }
        let role = configuration.role == .server ? SSL_SESS_CACHE_SERVER : SSL_SESS_CACHE_CLIENT
        SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, Int(role | SSL_SESS_CACHE_NO_INTERNAL), nil)
        SSL_CTX_sess_set_new_cb(context) { ssl, session in
            if let session { TLSSession.of(ssl)?.keep(session) }
            return 0
        }
        guard configuration.role == .server else { return }
        SSL_CTX_sess_set_get_cb(context) { ssl, identifier, length, copies in
            copies?.pointee = 0
            guard let session = TLSSession.of(ssl), let identifier, length > 0 else { return nil }
            return session.recall([UInt8](UnsafeBufferPointer(start: identifier, count: Int(length))))
        }
    }

    private static func installCookies(in context: OpaquePointer) {
        SSL_CTX_set_cookie_generate_cb(context) { ssl, buffer, length in
            guard let cookie = TLSSession.of(ssl)?.cookieSource?.cookie, let buffer, !cookie.isEmpty else { return 0 }
            // OpenSSL has room for 255 octets; a cookie has 32.
            UnsafeMutableRawBufferPointer(start: buffer, count: cookie.count).copyBytes(from: cookie)
            length?.pointee = UInt32(cookie.count)
            return 1
        }
        SSL_CTX_set_cookie_verify_cb(context) { ssl, bytes, length in
            guard let source = TLSSession.of(ssl)?.cookieSource, let bytes else { return 0 }
            return source.accepts([UInt8](UnsafeBufferPointer(start: bytes, count: Int(length)))) ? 1 : 0
        }
    }

    private static func installStatus(_ configuration: TLSConfiguration, in context: OpaquePointer) {
        if configuration.role == .client {
            if configuration.requestsStapledResponse {
                SSL_CTX_ctrl(context, SSL_CTRL_SET_TLSEXT_STATUS_REQ_TYPE, Int(TLSEXT_STATUSTYPE_ocsp), nil)
            }
            return
        }
        guard !configuration.stapledResponse.isEmpty else { return }
        let staple: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32 = { ssl, _ in
            guard let ssl, let response = TLSSession.of(ssl)?.context.configuration.stapledResponse,
                let copy = CRYPTO_memdup(response, response.count, nil, 0)
            else { return SSL_TLSEXT_ERR_NOACK }
            // OpenSSL frees the copy.
            SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_STATUS_REQ_OCSP_RESP, response.count, copy)
            return SSL_TLSEXT_ERR_OK
        }
        SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB, unsafeBitCast(staple, to: (@convention(c) () -> Void).self))
    }
}

extension TLSConfiguration.Verification {
    /// OpenSSL's flags for it.
    var mode: Int32 {
        switch self {
        case .none: SSL_VERIFY_NONE
        case .optional: SSL_VERIFY_PEER
        case .required: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
        }
    }
}
