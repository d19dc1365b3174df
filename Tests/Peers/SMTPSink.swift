import Foundation
import TestSupport

/// A real SMTP server (aiosmtpd) that keeps what it gets. Mail for `nobody@…` is refused for good, for `later@…` for now.
public final class SMTPSink: Sendable {
    public struct Mail: Decodable, Equatable, Sendable {
        public let from: String
        public let to: [String]
        /// Lines end with CR LF.
        public let data: String
        public let tls: Bool
        public let user: String?
        public let hello: String
    }

    public enum Security: String, Sendable { case none, starttls, tls }

    public static let isAvailable = (try? run("/usr/bin/python3", ["-c", "import aiosmtpd"])) != nil

    public let port: Int
    /// Signs the server's certificate, which is for `localhost`.
    public let certificateAuthority: String
    private let process: Process
    private let directory: URL

    /// - Parameter user: with the password `s3cr3t`; nil for no authentication.
    public init(_ security: Security, user: String? = nil) throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("radian-smtp-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let certificate = directory.appendingPathComponent("server.pem").path
        let key = directory.appendingPathComponent("server.key").path
        try Self.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost",
                "-keyout", key, "-out", certificate,
            ])
        certificateAuthority = certificate
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", Self.script, directory.path, security.rawValue, user ?? ""]
        process.standardInput = FileHandle.nullDevice
        let errors = directory.appendingPathComponent("errors")
        _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        let portFile = directory.appendingPathComponent("port").path
        let file = { (try? String(contentsOfFile: portFile, encoding: .utf8)).flatMap { Int($0) } }
        guard waitUntil({ file() != nil }), let port = file() else {
            throw Failed(output: (try? String(contentsOf: errors, encoding: .utf8)) ?? "")
        }
        self.port = port
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: directory)
    }

    /// In the order in which they came.
    public var mails: [Mail] {
        let text = (try? String(contentsOf: directory.appendingPathComponent("mails"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(Mail.self, from: Data($0.utf8)) }
    }

    public struct Failed: Error {
        public let output: String
    }

    private static func run(_ path: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(output: String(decoding: output, as: UTF8.self)) }
    }

    private static let script = """
        import asyncio, json, os, ssl, sys
        from aiosmtpd.smtp import SMTP, AuthResult

        directory, security, user = sys.argv[1:4]

        class Handler:
            async def handle_RCPT(self, server, session, envelope, address, options):
                if address.startswith('nobody@'): return '550 5.1.1 there is no such person'
                if address.startswith('later@'): return '451 4.3.0 not now'
                envelope.rcpt_tos.append(address)
                return '250 2.1.5 OK'

            async def handle_DATA(self, server, session, envelope):
                with open(directory + '/mails', 'a') as file:
                    file.write(json.dumps({
                        'from': envelope.mail_from, 'to': envelope.rcpt_tos, 'data': envelope.content.decode('utf-8'),
                        'tls': server.transport.get_extra_info('ssl_object') is not None, 'hello': session.host_name,
                        'user': session.auth_data and session.auth_data.login.decode()}) + '\\n')
                return '250 2.0.0 queued'

        def authenticate(server, session, envelope, mechanism, data):
            return AuthResult(success=data.login == user.encode() and data.password == b's3cr3t', auth_data=data)

        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(directory + '/server.pem', directory + '/server.key')

        def connection():
            options = {'hostname': 'sink.test'}
            if security == 'starttls': options.update(tls_context=context, require_starttls=True)
            if user: options.update(authenticator=authenticate, auth_required=True, auth_require_tls=security == 'starttls')
            return SMTP(Handler(), loop=loop, **options)

        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(
            loop.create_server(connection, '127.0.0.1', 0, ssl=context if security == 'tls' else None))
        with open(directory + '/port.new', 'w') as file: file.write(str(server.sockets[0].getsockname()[1]))
        os.rename(directory + '/port.new', directory + '/port')
        loop.run_forever()
        """
}
