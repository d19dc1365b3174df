import Foundation
import TestSupport

/// Debian's FreeRADIUS as the home server of a realm, and as a proxy in front of us.
enum FreeRADIUSHome {
    static let isInstalled = FreeRADIUSProcess.isInstalled(.sqlite)

    /// Where a home server listens.
    struct Ports {
        /// Authentication over UDP and TCP; accounting is at the port after.
        let plain: Int
        /// TLS, both.
        let tls: Int

        init() throws {
            plain = try Surroundings.consecutivePorts()
            tls = try Surroundings.freePorts(1)[0]
        }

        func port(_ transport: String) -> Int { transport == "tls" ? tls : plain }
    }

    /// Starts a home server with the user `bob`, password `hello`, with and without realm; every accept says who gave it, in Reply-Message.
    /// Accounting goes to the file `detail`.
    static func start(_ name: String, _ ports: Ports) throws -> ConfiguredPeer {
        let certificates = try LinkCertificates.shared.get()
        func listen(_ type: String, _ port: Int, _ proto: String, _ more: String = "") -> String {
            """
            listen {
                type = \(type)
                proto = \(proto)
                ipaddr = 127.0.0.1
                port = \(port)
                \(more)
            }
            """
        }
        let listeners = [
            listen("auth", ports.plain, "udp"), listen("acct", ports.plain + 1, "udp"), listen("auth", ports.plain, "tcp"),
            listen("acct", ports.plain + 1, "tcp"),
            listen(
                "auth+acct", ports.tls, "tcp",
                """
                clients = radsec
                \(tls(certificates.home, certificates.authority, "require_client_cert = yes"))
                """),
        ]
        let text = """
            \(general)
            client loopback {
                ipaddr = 127.0.0.1
                proto = *
                secret = \(Site.secretText)
            }
            clients radsec {
                client peers {
                    ipaddr = 127.0.0.1
                    proto = tls
                    secret = radsec
                }
            }
            modules {
                pap {
                }
                chap {
                }
                mschap {
                    use_mppe = yes
                }
                files {
                    filename = @DIR@/users
                }
                detail {
                    filename = @DIR@/detail
                }
                always ok {
                    rcode = ok
                }
            }
            server default {
                \(listeners.joined(separator: "\n"))
                authorize {
                    files
                    chap
                    mschap
                    pap
                }
                authenticate {
                    Auth-Type PAP {
                        pap
                    }
                    Auth-Type CHAP {
                        chap
                    }
                    Auth-Type MS-CHAP {
                        mschap
                    }
                }
                accounting {
                    detail
                    ok
                }
            }
            """
        let users = """
            DEFAULT Cleartext-Password := "hello"
            \tReply-Message = "\(name) %{User-Name}", Tunnel-Password:1 = "tunnel-secret"

            """
        return try ConfiguredPeer(
            FreeRADIUSProcess.path, ["-fxxl", "stdout", "-d", "@DIR@"],
            files: ["radiusd.conf": text, "users": users, "dictionary": "$INCLUDE /usr/share/freeradius/dictionary\n"],
            ready: "Ready to process requests")
    }

    /// Starts a proxy that sends everything to us.
    /// - Parameters:
    ///   - port: where it listens; accounting is at the port after.
    ///   - tls: our port for TLS; nil: UDP.
    static func startProxy(port: Int, to server: ServerUnderTest, tls tlsPort: Int?) throws -> ConfiguredPeer {
        let certificates = try LinkCertificates.shared.get()
        func home(_ name: String, _ type: String, _ port: Int, _ more: String) -> String {
            """
            home_server \(name) {
                type = \(type)
                ipaddr = 127.0.0.1
                port = \(port)
                response_window = 5
                zombie_period = 40
                status_check = status-server
                check_interval = 6
                \(more)
            }
            home_server_pool \(name) {
                type = fail-over
                home_server = \(name)
            }
            """
        }
        let (homes, pools): (String, String)
        if let tlsPort {
            let more = "proto = tcp\nsecret = radsec\n" + Self.tls(certificates.nas, certificates.authority)
            (homes, pools) = (home("both", "auth+acct", tlsPort, more), "pool = both")
        } else {
            let secret = "secret = \(Site.secretText)"
            homes = home("login", "auth", server.authPort, secret) + "\n" + home("account", "acct", server.acctPort, secret)
            pools = "auth_pool = login\nacct_pool = account"
        }
        let text = """
            \(general.replacingOccurrences(of: "proxy_requests = no", with: "proxy_requests = yes"))
            proxy server {
                default_fallback = no
            }
            \(homes)
            realm us {
                \(pools)
                nostrip
            }
            client loopback {
                ipaddr = 127.0.0.1
                secret = \(Site.secretText)
            }
            modules {
            }
            server default {
                listen {
                    type = auth
                    ipaddr = 127.0.0.1
                    port = \(port)
                }
                listen {
                    type = acct
                    ipaddr = 127.0.0.1
                    port = \(port + 1)
                }
                authorize {
                    update control {
                        &Proxy-To-Realm := us
                    }
                }
                preacct {
                    update control {
                        &Proxy-To-Realm := us
                    }
                }
                accounting {
                }
            }
            """
        return try ConfiguredPeer(
            FreeRADIUSProcess.path, ["-fxxl", "stdout", "-d", "@DIR@"],
            files: ["radiusd.conf": text, "dictionary": "$INCLUDE /usr/share/freeradius/dictionary\n"],
            ready: "Ready to process requests")
    }

    private static let general = """
        libdir = /usr/lib/freeradius
        run_dir = @DIR@
        logdir = @DIR@
        cleanup_delay = 5
        proxy_requests = no
        max_requests = 16384
        correct_escapes = true
        security {
            reject_delay = 0
            status_server = yes
        }
        thread pool {
            start_servers = 2
            max_servers = 4
            min_spare_servers = 1
            max_spare_servers = 2
            max_requests_per_server = 0
        }
        """

    private static func tls(_ identity: LinkCertificates.Identity, _ authority: String, _ more: String = "") -> String {
        """
        tls {
            private_key_file = \(identity.key)
            certificate_file = \(identity.certificate)
            ca_file = \(authority)
            cipher_list = "DEFAULT"
            tls_min_version = "1.2"
            tls_max_version = "1.2"
            ecdh_curve = "prime256v1"
            fragment_size = 8192
            \(more)
        }
        """
    }
}
