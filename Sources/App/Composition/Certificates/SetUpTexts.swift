/// Examples and instructions that lie beside the certificates.
enum SetUpTexts {
    static func supplicant(_ settings: CertificateStore.Settings) -> String {
        let common = """
                ssid="\(quoted(settings.networkName))"
                key_mgmt=WPA-EAP WPA-EAP-SHA256
                ca_cert="ca.pem"
                domain_match="\(settings.serverName)"
            """
        return """
            # wpa_supplicant: one of these blocks, with the paths of your files. ca_cert and domain_match together keep
            # passwords from a stranger's access point: leave neither out.

            # PEAP with MS-CHAPv2: the server needs the password in clear text or as NT hash.
            network={
            \(common)
                eap=PEAP
                anonymous_identity="anonymous"
                identity="alice"
                password="password of alice"
                phase2="auth=MSCHAPV2"
            }

            # TTLS with PAP: works with any stored password hash.
            network={
            \(common)
                eap=TTLS
                anonymous_identity="anonymous"
                identity="alice"
                password="password of alice"
                phase2="auth=PAP"
                disabled=1
            }

            # TLS with a certificate of 'radian certificate client alice'.
            network={
            \(common)
                eap=TLS
                identity="alice"
                client_cert="clients/alice.pem"
                private_key="clients/alice.key"
                disabled=1
            }

            """
    }

    static func readMe(_ settings: CertificateStore.Settings) -> String {
        """
        Certificates of \(settings.organizationName) for 802.1X, made by 'radian certificate init'

        ca.pem                    the CA: give it to every device
        ca.key                    its key: keep it secret, keep a copy; whoever has it can pass for your server
        server.pem, server.key    what the server shows: \(settings.serverName)
        crl.pem                   revoked certificates; 'radian certificate revoke NAME' adds to it
        clients/                  client certificates of 'radian certificate client NAME'
        issued/                   every certificate issued, by serial number

        'radian certificate renew' makes a new server certificate; devices need nothing new for it.

        iPhone, iPad, Mac
          Send radian-wifi.mobileconfig to the device (mail, web page, AirDrop) and open it. Settings shows "Profile
          Downloaded": install it. Joining \(settings.networkName) then asks for name and password.

        Android
          1. Copy ca.pem to the device. Settings, Security, Encryption & credentials, Install a certificate, Wi-Fi certificate.
          2. Join \(settings.networkName): EAP method PEAP with phase 2 MSCHAPV2, or TTLS with phase 2 PAP.
          3. CA certificate: the one just installed. Domain: \(settings.serverName). Identity and password: the user's.
             Do not choose "Do not validate"; new versions do not offer it.

        Windows
          1. Rename a copy of ca.pem to ca.crt, open it, Install Certificate, Local Machine, "Trusted Root Certification
             Authorities". In a domain: by group policy.
          2. Network and Sharing Center, Set up a new connection, Manually connect: name \(settings.networkName), WPA2-Enterprise.
             Change connection settings, Security, PEAP (or TTLS), Settings:
             "Connect to these servers": \(settings.serverName); tick the CA; EAP-MSCHAPv2.
             Clear "Automatically use my Windows logon name" unless names are the same.

        Linux
          wpa_supplicant.conf has a block for PEAP, TTLS and TLS. NetworkManager: WPA & WPA2 Enterprise, CA certificate ca.pem,
          domain \(settings.serverName).

        Client certificates (EAP-TLS)
          radian certificate client alice --email alice@example.org --p12-password-file FILE
          Import clients/alice.p12 on the device. Its encryption is of the kind that all devices read: send it over a safe way,
          and the password over another one.

        """
    }

    /// For a quoted string of wpa_supplicant, which knows no escapes there.
    private static func quoted(_ text: String) -> String {
        text.filter { $0 != "\"" && !$0.isNewline }
    }
}
