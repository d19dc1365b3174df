import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle
public import WebRouting

/// Serves routes over HTTP/1.1 by Hummingbird.
public struct HTTPServer: Service {
    private let application: any ApplicationProtocol

    /// - Parameters:
    ///   - routes: unique by method and path.
    ///   - host: address to listen on.
    ///   - port: TCP port.
    public init(routes: [WebRouting.Route], host: String, port: Int, logger: Logger) {
        let router = Router()
        for route in routes {
            router.on(RouterPath(route.path), method: route.method) { request, _ in
                let answer = try await route.handler(WebRequest(head: request.head))
                guard case .bytes(let bytes) = answer.body else { return Response(status: answer.status, headers: answer.headers) }
                return Response(status: answer.status, headers: answer.headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
            }
        }
        application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: "radian"),
            logger: logger)
    }

    /// Returns after a graceful shutdown.
    public func run() async throws {
        try await application.run()
    }
}
