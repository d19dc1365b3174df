import Console
public import Foundation
import ServerKernel
public import WebRouting
public import WebServer

/// Where the REST API is served and to whom.
public struct HTTPConfiguration: Sendable {
    /// TCP port; 0 switches HTTP off.
    public var port: Int { server.port }
    public var server: HTTPServerSettings
    public var service: WebSettings
    /// The folder `Portal`: pages of the console and of logins; nil where it is not found.
    public var portalDirectory: URL?

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
        let portal = reader.text(section, "portal_directory", default: "")
        portalDirectory = portal.isEmpty ? Self.usualPortalDirectory : URL(fileURLWithPath: portal)
        service = WebSettings()
        service.publicOrigin = reader.value(section, "public_url", default: nil, expected: "an address such as https://radius.example.org")
        {
            $0.isEmpty ? .some(nil) : Self.origin($0).map { .some($0) }
        }
        if !["0.0.0.0", "::"].contains(server.host) {
            service.ownHosts.insert(server.host.contains(":") ? "[\(server.host.lowercased())]" : server.host.lowercased())
        }
        service.proxies = TrustedProxies(
            Self.list(&reader, section, "trusted_proxies", "is not an address or block such as 10.0.0.0/8") { AddressBlock($0) })
        service.allowedOrigins = Set(
            Self.list(&reader, section, "allowed_origins", "is not a site such as https://portal.example.org") { Self.origin($0) })
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

    /// Beside the working directory, beside an installed program, or in the package that the program was built from.
    private static var usualPortalDirectory: URL? {
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let programs = URL(fileURLWithPath: executable).deletingLastPathComponent()
        var folders = [URL(fileURLWithPath: "Portal"), programs.appending(path: "../share/radian/Portal").standardizedFileURL]
        var above = programs
        for _ in 0..<4 {
            above.deleteLastPathComponent()
            folders.append(above.appending(path: "Portal"))
        }
        return folders.lazy.compactMap { $0.existing(with: "vendor.lock") }.first
    }

    /// Files of others as `make portal` puts them, or beside an installed program; nil where they are not.
    private var vendorFolder: URL? {
        guard let portalDirectory else { return nil }
        let above = portalDirectory.deletingLastPathComponent()
        return [above.appending(path: ".build/portal/vendor"), above.appending(path: "vendor")].first {
            FileManager.default.fileExists(atPath: $0.path)
        }
    }

    /// The console's files.
    var consoleFolders: ConsoleFolders {
        ConsoleFolders(console: portalDirectory?.appending(path: "console").existing(with: "index.html"), vendor: vendorFolder)
    }

    /// Swagger UI; nil where it is not.
    var documentationAssets: URL? {
        vendorFolder?.appending(path: "swagger-ui").existing(with: "swagger-ui-bundle.js")
    }
}

extension URL {
    /// The folder, if it holds a file.
    fileprivate func existing(with file: String) -> URL? {
        FileManager.default.fileExists(atPath: appending(path: file).path) ? self : nil
    }
}
