import Database
import Foundation
import Logging
import NIOConcurrencyHelpers
import Proxying
import RADIUSDictionary
import RADIUSPipeline
import RADIUSProxy
import RADIUSTransport
import RADIUSWire
import ServerKernel
import TestSupport
import Testing

typealias Engine = TestDatabase.Engine

extension TestDatabase {
    /// Runs the body with a connection to a fresh database that has the tables of the feature.
    static func migrated<R>(_ engine: Engine, _ body: (any DatabaseConnection, TestDatabase) throws -> R) throws -> R {
        try with(engine) { database in
            let connection = try database.engine.connect(.general)
            try Migrator([ProxyingModule.migrations]).migrate(connection)
            return try body(connection, database)
        }
    }

    /// The same for a body that waits.
    static func migrated<R>(
        _ engine: Engine, isolation: isolated (any Actor)? = #isolation, _ body: (any DatabaseConnection, TestDatabase) async throws -> R
    ) async throws -> R {
        try await with(engine) { database in
            let connection = try database.engine.connect(.general)
            try Migrator([ProxyingModule.migrations]).migrate(connection)
            return try await body(connection, database)
        }
    }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

let dictionary = Result { () throws(DictionaryError) in
    try AttributeDictionary.load(URL(fileURLWithPath: #filePath).appending(path: "../../../Dictionaries").standardized.path)
}

/// A link that answers by a closure and remembers what it was sent.
final class ScriptedLink: OutgoingLink {
    typealias Script = @Sendable (_ attributes: [UInt8], _ number: Int) -> PacketCode?

    let name = "scripted"
    let isDatagram = false
    private let secret = SharedSecret(Array("home".utf8))
    private let sent = NIOLockedValueBox<[[UInt8]]>([])
    private let script: NIOLockedValueBox<Script>

    init(_ script: @escaping Script) { self.script = NIOLockedValueBox(script) }

    func become(_ next: @escaping Script) { script.withLockedValue { $0 = next } }

    /// Attributes of each request.
    var requests: [[UInt8]] { sent.withLockedValue { $0 } }

    func send(
        _ request: OutgoingRequest, completion: @escaping @Sendable (Result<OutgoingReply, OutgoingError>) -> Void
    ) -> any OutgoingExchange {
        guard let attributes = try? request.attributes(.zero, secret) else { return Exchange() }
        let number = sent.withLockedValue { list in
            list.append(attributes)
            return list.count - 1
        }
        if let code = script.withLockedValue({ $0 })(attributes, number),
            let bytes = try? Packet.request(
                .accountingRequest, identifier: 0, authenticator: nil, attributes: [], secret: secret, messageAuthenticator: false),
            let asked = try? Packet(validating: bytes),
            let reply = try? Packet.reply(code, to: asked, attributes: [], secret: secret), let packet = try? Packet(validating: reply)
        {
            completion(.success(OutgoingReply(packet: packet, requestAuthenticator: asked.authenticator, secret: secret)))
        }
        return Exchange()
    }

    private final class Exchange: OutgoingExchange {
        func retransmit() {}
        func cancel() {}
    }
}
