import Foundation
import RADIUSClient
import RADIUSProxy
import RADIUSWire
import Testing

@testable import RADIUSTransport

/// Servers of other makers, with the secret `home-secret` and the user `bob` / `hello`.
enum RealPeers {
    static let freeRADIUS = "/usr/sbin/freeradius"
    static let radsecproxy = "/usr/sbin/radsecproxy"
    static let hostapd = "/usr/sbin/hostapd"
    static let eapolTest = "/usr/bin/eapol_test"
    static let openssl = "/usr/bin/openssl"

    /// A port that nothing uses now, nor the one behind it.
    static func freePort() throws -> UInt16 {
        for _ in 0..<100 {
            let port = UInt16.random(in: 20_000...32_000)
            let address = IPAddress(ipv4: 0x7f00_0001)
            let sockets = [port, port + 1].compactMap {
                try? UDPSocket(boundTo: SocketEndpoint(address: address, port: $0), receiveBufferBytes: 0)
            }
            if sockets.count == 2 { return port }
        }
        throw NoPort()
    }

    struct NoPort: Error {}

    /// FreeRADIUS with the accounting port behind the authentication port; writes accounting to `detail`.
    static func startFreeRADIUS(port: UInt16) throws -> PeerProcess {
        let configuration = """
            libdir = /usr/lib/freeradius
            run_dir = @DIR@
            logdir = @DIR@
            proxy_requests = no
            max_requests = 16384
            security {
                reject_delay = 0
                status_server = yes
            }
            client loopback {
                ipaddr = 127.0.0.1
                proto = *
                secret = home-secret
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
            }
            server default {
                listen {
                    type = auth
                    ipaddr = 127.0.0.1
                    port = \(port)
                }
                listen {
                    type = auth
                    proto = tcp
                    ipaddr = 127.0.0.1
                    port = \(port)
                }
                listen {
                    type = acct
                    ipaddr = 127.0.0.1
                    port = \(port + 1)
                }
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
                }
            }
            """
        // MS-CHAPv2 keeps the realm in the name.
        let users = ["bob", "bob@home.org"].map { name in
            """
            \(name) Cleartext-Password := "hello"
            \tReply-Message = "from home", Session-Timeout = 600, Tunnel-Password:1 = "tunnel-secret"

            """
        }.joined(separator: "\n")
        return try PeerProcess(
            freeRADIUS, ["-fxxl", "stdout", "-d", "@DIR@"],
            files: [
                "radiusd.conf": configuration, "users": users, "dictionary": "$INCLUDE /usr/share/freeradius/dictionary\n",
            ], ready: "Ready to process requests")
    }

    /// radsecproxy between us and a home server, over UDP.
    static func startRadsecproxy(port: UInt16, to home: UInt16) throws -> PeerProcess {
        let configuration = """
            ListenUDP 127.0.0.1:\(port)
            ListenUDP 127.0.0.1:\(port + 1)
            LogLevel 2
            LogDestination file://@DIR@/proxy.log
            LoopPrevention off
            client us {
                host 127.0.0.1
                type udp
                secret home-secret
            }
            server home {
                host 127.0.0.1
                type udp
                port \(home)
                secret home-secret
            }
            server homeacct {
                host 127.0.0.1
                type udp
                port \(home + 1)
                secret home-secret
            }
            realm * {
                server home
                accountingServer homeacct
            }

            """
        return try PeerProcess(radsecproxy, ["-f", "-d", "2", "-c", "@DIR@/conf"], files: ["conf": configuration], ready: "listening")
    }

    /// hostapd's own RADIUS and EAP server, with a CA made for it in the directory (`ca.pem`).
    static func startHostapd(port: UInt16) throws -> PeerProcess {
        let configuration = """
            interface=lo
            driver=none
            logger_stdout=-1
            logger_stdout_level=2
            radius_server_clients=@DIR@/clients
            radius_server_auth_port=\(port)
            eap_server=1
            eap_user_file=@DIR@/users
            ca_cert=@DIR@/ca.pem
            server_cert=@DIR@/server.pem
            private_key=@DIR@/server.key

            """
        // The certificates come first, by a shell that then becomes the server.
        let script = """
            cd @DIR@
            {
            openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=TestCA
            openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=radius.home.org
            openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2
            } 2>/dev/null
            exec \(hostapd) hostapd.conf

            """
        return try PeerProcess(
            "/bin/sh", ["@DIR@/start"],
            files: [
                "hostapd.conf": configuration, "start": script, "clients": "127.0.0.1/32 home-secret\n",
                "users": "* PEAP,TTLS\n\"bob\" MSCHAPV2,TTLS-PAP \"hello\" [2]\n",
            ], ready: "AP-ENABLED")
    }
}

/// Our listeners on loopback in front of a proxy installation.
final class FrontEnd {
    static let secret = SharedSecret(Array("nas-secret".utf8))
    let site: ProxyInstallation
    private let listeners: [UDPListener]

    init(_ site: ProxyInstallation) throws {
        self.site = site
        let directory = Directory(
            table: NASTable([
                NASClient(name: "nas", prefix: try #require(IPPrefix("127.0.0.0/8")), secret: Self.secret, limitProxyState: .no)
            ]))
        listeners = try [ListenerRole.authentication, .accounting].map { role in
            var configuration = ListenerConfiguration(addresses: [try #require(SocketEndpoint("127.0.0.1:0"))], role: role)
            configuration.rejectDelay = .zero
            configuration.drainTime = .zero
            let listener = UDPListener(
                configuration, directory: directory, handler: site.pipeline, counters: RADIUSCounters(), logger: quiet)
            try listener.start()
            return listener
        }
    }

    deinit { for listener in listeners { listener.stop() } }

    func port(_ role: ListenerRole = .authentication) throws -> UInt16 {
        try #require(listeners[role == .authentication ? 0 : 1].boundEndpoints.first).port
    }

    func client(_ role: ListenerRole = .authentication, timeout: Duration = .seconds(10)) throws -> RADIUSClient.Exchange {
        RADIUSClient.Exchange(
            server: ServerAddress(host: "127.0.0.1", port: try port(role)), secret: Self.secret,
            dictionary: try ProxyInstallation.dictionary.get(), timeout: timeout, attempts: 1)
    }

    private struct Directory: NASDirectory {
        let table: NASTable
        func unknownSource(_ address: IPAddress) {}
        func learned(_ client: NASClient, requireMessageAuthenticator: Requirement?, limitProxyState: Requirement?) {}
    }
}
