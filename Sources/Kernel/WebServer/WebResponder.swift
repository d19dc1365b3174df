import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import WebRouting

/// What Hummingbird knows of a request beside its head and body.
struct WebRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let peerAddress: String

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peerAddress = source.channel.remoteAddress?.ipAddress ?? ""
    }
}

/// Hands Hummingbird's requests to the service and its answers back.
struct WebResponder: HTTPResponder {
    typealias Context = WebRequestContext
    let service: WebService

    func respond(to request: Request, context: WebRequestContext) async throws -> Response {
        let incoming = IncomingRequest(
            head: request.head, peerAddress: context.peerAddress, isSecure: request.head.scheme == "https")
        let answer = await service.answer(incoming, body: request.body.map { [UInt8](buffer: $0) })
        return Response(status: answer.status, headers: answer.headers, body: try await body(answer, context))
    }

    private func body(_ answer: WebResponse, _ context: WebRequestContext) async throws -> ResponseBody {
        switch answer.body {
        case .empty: ResponseBody()
        case .bytes(let bytes): ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        case .file(let url): try await FileIO().loadFile(path: url.path, context: context)
        case .stream(let produce):
            ResponseBody { writer in
                let stream = StreamWriter(writer)
                try await produce { try await stream.write($0) }
                try await stream.finish()
            }
        }
    }
}

/// Lets a stream's producer write from wherever it runs.
///
/// `@unchecked Sendable`: the writer is a value over a channel's writer, which orders writes of different tasks itself; it is never changed.
private final class StreamWriter: @unchecked Sendable {
    private let writer: any ResponseBodyWriter

    init(_ writer: any ResponseBodyWriter) { self.writer = writer }

    func write(_ bytes: [UInt8]) async throws {
        var writer = writer
        try await writer.write(ByteBuffer(bytes: bytes))
    }

    func finish() async throws { try await writer.finish(nil) }
}
