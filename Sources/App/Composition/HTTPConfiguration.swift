import Foundation
import ServerKernel
public import WebRouting
public import WebServer

/// Where the REST API is served and to whom.
public struct HTTPConfiguration: Sendable {
    /// TCP port; 0 switches HTTP off.
    public var port: Int { server.port }
    public var server: HTTPServerSettings
    public var service: WebSettings
    /// Folder with the login pages and the console; nil where there is none.
    var portalDirectory: URL?

    /// Reads the section `http`.
    init(_ reader: inout ConfigurationReader) {
        let section = "http"
        server = HTTPServerSettings(
            host: reader.text(section, "listen", default: "127.0.0.1"),
            port: reader.integer(section, "port", default: 8080, in: 0...65535))
        let certificate = reader.text(section, "tls_certificate", default: "")
        let key = reader.text(section, "tls_private_key", default: "")
        if !certificate.isEmpty, !key.isEmpty {
            server.tls = HTTPServerSettings.TLSFiles(certificate: certificate, privateKey: key)
        } else if certificate.isEmpty != key.isEmpty {
            let there = certificate.isEmpty ? "tls_private_key" : "tls_certificate"
            reader.report(reader.location(section, there), "HTTPS needs both 'http.tls_certificate' and 'http.tls_private_key'")
        }
        service = WebSettings()
        service.publicOrigin = reader.value(section, "public_url", default: nil, expected: "an address such as https://radius.example.org")
        {
            $0.isEmpty ? .some(nil) : Self.origin($0).map { .some($0) }
        }
        service.proxies = TrustedProxies(
            Self.list(&reader, section, "trusted_proxies", "is not an address or block such as 10.0.0.0/8") { AddressBlock($0) })
        service.allowedOrigins = Set(
            Self.list(&reader, section, "allowed_origins", "is not a site such as https://portal.example.org") { Self.origin($0) })
        portalDirectory = Self.portalDirectory(reader.text(section, "portal_directory", default: ""))
        service.bodyLimit = reader.integer(section, "maximum_body_mib", default: 32, in: 1...4096) << 20
        server.maximumConnections = reader.integer(section, "maximum_connections", default: 4096, in: 1...1_000_000)
        server.headTimeout = reader.seconds(section, "head_timeout", default: 15, in: 0.1...3600)
        server.bodyTimeout = reader.seconds(section, "body_timeout", default: 30, in: 0.1...3600)
        server.idleTimeout = reader.seconds(section, "idle_timeout", default: 60, in: 0.1...3600)
        server.writeTimeout = reader.seconds(section, "write_timeout", default: 60, in: 0.1...3600)
        server.stopTimeout = reader.seconds(section, "stop_timeout", default: 10, in: 0...3600)
        let throttles = Self.list(&reader, section, "throttles", "is not a rate such as others=400/hour or others=none") {
            Throttle(parsing: $0)
        }
        service.throttles = Dictionary(throttles.map { ($0.name, $0) }) { _, last in last }
    }

    /// The values of a list; those that are none are reported.
    private static func list<T>(
        _ reader: inout ConfigurationReader, _ section: String, _ key: String, _ complaint: String, _ convert: (String) -> T?
    ) -> [T] {
        reader.list(section, key, default: []).compactMap { text in
            guard let value = convert(text) else {
                reader.report(reader.location(section, key), "'\(text)' \(complaint)")
                return nil
            }
            return value
        }
    }

    /// Scheme, host and port without the slash that may end them; nil for more or less.
    private static func origin(_ text: String) -> String? {
        let text = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let url = URLComponents(string: text), let scheme = url.scheme, ["http", "https"].contains(scheme),
            url.host?.isEmpty == false,
            url.path.isEmpty, url.query == nil, url.fragment == nil, url.user == nil
        else { return nil }
        return text
    }

    /// The folder that is configured, else the one of the source tree or of an installed program that is there.
    private static func portalDirectory(_ configured: String) -> URL? {
        if !configured.isEmpty { return URL(fileURLWithPath: configured) }
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let program = URL(fileURLWithPath: executable).deletingLastPathComponent()
        // Behind the build's folders stands the package; the first one is of an installed program.
        let beside = ["../share/radian/portal", "../../Portal", "../../../Portal"].map { program.appending(path: $0).standardizedFileURL }
        return ([URL(fileURLWithPath: "Portal")] + beside).first {
            FileManager.default.fileExists(atPath: $0.appending(path: "login/layout.mustache").path)
        }
    }

    /// Swagger UI as `make portal` puts it, or beside an installed program; nil where it is not.
    var documentationAssets: URL? {
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let installed = URL(fileURLWithPath: executable).deletingLastPathComponent().appending(path: "../share/radian/vendor/swagger-ui")
        let folders = [URL(fileURLWithPath: ".build/portal/vendor/swagger-ui"), installed.standardizedFileURL]
        return folders.first { FileManager.default.fileExists(atPath: $0.appending(path: "swagger-ui-bundle.js").path) }
    }
}
