extension FreeRADIUSProcess {
    /// The module `eap`, whose tunnels ask the same server again.
    static func eap(_ certificates: Certificates) -> String {
        let tunnel = """
            tls = common
            default_eap_type = mschapv2
            copy_request_to_tunnel = yes
            use_tunneled_reply = yes
            virtual_server = lab
            """
        return """
            eap {
                default_eap_type = peap
                timer_expire = 60
                max_sessions = 1000
                tls-config common {
                    private_key_file = \(certificates.path("server.key"))
                    certificate_file = \(certificates.path("server.pem"))
                    ca_file = \(certificates.path("ca.pem"))
                    cipher_list = "DEFAULT"
                    tls_min_version = "1.2"
                    tls_max_version = "1.2"
                    ecdh_curve = ""
                }
                tls {
                    tls = common
                }
                ttls {
                    \(tunnel)
                }
                peap {
                    \(tunnel)
                }
                mschapv2 {
                }
                md5 {
                }
                gtc {
                    auth_type = PAP
                }
            }
            """
    }
}
