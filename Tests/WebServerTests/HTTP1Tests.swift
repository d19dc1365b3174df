import Foundation
import HTTPTypes
import NIOConcurrencyHelpers
import Testing
import WebRouting
import WebServer

@Suite struct HTTP1Tests {
    private static let routes = [
        Route(.get, "/who/", "") { request in
            WebResponse(contentType: "text/plain", body: "from \(request.clientAddress) \(request.query("n") ?? "")")
        },
        Route(.post, "/form/", "", form: Form([Field("name", required: true)]), bodyLimit: 100_000) { request in
            .json(.string(request.values.text("name") ?? ""))
        },
        Route(.post, "/refuse/", "", access: .user) { _ in WebResponse() },
        Route(.get, "/stream/", "") { _ in
            WebResponse(
                headers: [.contentType: "text/plain"],
                body: .stream { write in for index in 0..<1000 { try await write(Array("line \(index)\n".utf8)) } })
        },
        Route(.get, "/torn/", "") { _ in
            WebResponse(
                body: .stream { write in
                    try await write(Array("half".utf8))
                    throw Problem.forbidden
                })
        },
        Route(.get, "/empty/", "") { _ in .empty(.noContent) },
    ]

    @Test func `requests of one connection are answered in their order`() async throws {
        try await RunningServer.with(Self.routes) { port, _, _ in
            let text = try await RunningServer.blocking {
                let connection = try RawConnection(port: port)
                defer { connection.close() }
                let requests = (0..<5).map { "GET /who/?n=\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
                connection.send("HEAD /who/ HTTP/1.1\r\nHost: a\r\n\r\n" + requests)
                return connection.receive(until: "127.0.0.1 4")
            }
            #expect(text.components(separatedBy: "HTTP/1.1 200 OK").count == 7)
            let places = (0..<5).compactMap { text.range(of: "127.0.0.1 \($0)")?.lowerBound }
            #expect(places.count == 5 && places == places.sorted())
        }
    }

    @Test func `a chunked body is read, whatever the chunks`() async throws {
        try await RunningServer.with(Self.routes) { port, _, _ in
            let text = try await RunningServer.blocking {
                let connection = try RawConnection(port: port)
                defer { connection.close() }
                connection.send("POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
                for part in [#"{"na"#, #"me":"#, #""chunky""#, "}"] {
                    connection.send("\(String(part.utf8.count, radix: 16))\r\n\(part)\r\n")
                }
                connection.send("0\r\n\r\n")
                return connection.receive(until: "chunky\"")
            }
            #expect(text.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `a client that asks for leave to send gets it`() async throws {
        try await RunningServer.with(Self.routes) { port, _, _ in
            let (first, second) = try await RunningServer.blocking {
                let connection = try RawConnection(port: port)
                defer { connection.close() }
                connection.send(
                    "POST /form/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\n"
                )
                let first = connection.receive(until: "\r\n\r\n")
                connection.send(#"{"name":"a"}"#)
                return (first, connection.receive(until: "\"a\""))
            }
            #expect(first.hasPrefix("HTTP/1.1 100"))
            #expect(second.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `a body that is too large is refused and not read to its end`() async throws {
        try await RunningServer.with(Self.routes) { port, _, _ in
            let (text, sent) = try await RunningServer.blocking {
                let connection = try RawConnection(port: port)
                defer { connection.close() }
                connection.send("POST /form/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n")
                let text = connection.receive(until: "}")
                let block = [UInt8](repeating: 97, count: 65536)
                // Far less than what was announced: sockets' buffers, and a little to be polite.
                var sent = 0
                while sent < 400, connection.send(block) { sent += 1 }
                return (text, sent)
            }
            #expect(text.hasPrefix("HTTP/1.1 413"))
            #expect(sent < 400)
        }
    }

    @Test func `an early refusal leaves the connection usable`() async throws {
        try await RunningServer.with(Self.routes) { port, _, _ in
            let text = try await RunningServer.blocking {
                let connection = try RawConnection(port: port)
                defer { connection.close() }
                connection.send("POST /refuse/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET /who/ HTTP/1.1\r\nHost: a\r\n\r\n")
                return connection.receive(until: "from 127.0.0.1")
            }
            #expect(text.hasPrefix("HTTP/1.1 401"))
            #expect(text.contains("HTTP/1.1 200"))
        }
    }

    @Test(arguments: [
        "GET /who/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", "nonsense\r\n\r\n",
        "GET /who/ HTTP/9.9\r\n\r\n",
        "GET /who/ HTTP/1.1\r\nBad Name: x\r\n\r\n", "POST /form/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET /who/ HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "a", count: 200_000) + "\r\n\r\n",
    ]) func `what is no HTTP ends the connection, the server goes on`(_ request: String) async throws {
        try await RunningServer.with(Self.routes) { port, _, _ in
            let text = try await RunningServer.blocking {
                let connection = try RawConnection(port: port)
                defer { connection.close() }
                connection.send(request)
                return connection.receiveToEnd()
            }
            let answer = try #require(text)
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400"))
            let text1 = try await RunningServer.run("curl -s http://127.0.0.1:\(port)/who")
            #expect(text1.hasPrefix("from 127.0.0.1"))
        }
    }

    @Test func `clients that send too slowly are cut off`() async throws {
        try await RunningServer.with(
            Self.routes,
            change: { settings in
                (settings.headTimeout, settings.bodyTimeout, settings.idleTimeout) = (
                    .milliseconds(300), .milliseconds(300), .milliseconds(400)
                )
            }
        ) { port, _, _ in
            for start in [
                "", "GET /who/ HT", "GET /who/ HTTP/1.1\r\nHost: a\r\nX-Slow: ",
                "POST /form/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{",
                // A whole request, then half of another one.
                "GET /who/ HTTP/1.1\r\nHost: a\r\n\r\nGET /who/",
            ] {
                let text = try await RunningServer.blocking {
                    let connection = try RawConnection(port: port)
                    defer { connection.close() }
                    connection.send(start)
                    return connection.receiveToEnd()
                }
                #expect(text != nil, "\(start)")
            }
        }
    }

    @Test func `a client that takes nothing of its answer is cut off`() async throws {
        let ended = AsyncStream<Bool>.makeStream()
        let endless = Route(.get, "/endless/", "") { _ in
            WebResponse(
                body: .stream { write in
                    do {
                        while true { try await write([UInt8](repeating: 97, count: 65536)) }
                    } catch {
                        ended.continuation.yield(true)
                        throw error
                    }
                })
        }
        try await RunningServer.with([endless], change: { $0.writeTimeout = .milliseconds(300) }) { port, _, _ in
            let connection = try await RunningServer.blocking {
                let connection = try RawConnection(port: port, receiveBuffer: 4096)
                connection.send("GET /endless/ HTTP/1.1\r\nHost: a\r\n\r\n")
                return connection
            }
            for await isEnded in ended.stream {
                #expect(isEnded)
                break
            }
            connection.close()
        }
    }

    @Test func `curl reads streams, files and empty answers`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "radian-file-\(UUID())")
        try Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0) }).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let route = Route(.get, "/file/", "") { _ in WebResponse(headers: [.contentType: "application/octet-stream"], body: .file(file)) }
        try await RunningServer.with(Self.routes + [route]) { port, _, _ in
            let base = "http://127.0.0.1:\(port)"
            let commands = [
                ("curl -s \(base)/stream | wc -l", "1000"), ("curl -s \(base)/file/ | cmp - \(file.path) && echo same", "same"),
                ("curl -sI \(base)/file/ | tr -d '\\r' | grep -i ^content-length | cut -d: -f2", " 300000"),
                ("curl -s -o /dev/null -w '%{http_code} %{size_download}' \(base)/empty/", "204 0"),
                ("curl -s -F name=form \(base)/form", "\"form\""), ("curl -s --data-urlencode 'name=a&b ü' \(base)/form", "\"a&b ü\""),
                ("head -c 90000 /dev/zero | tr '\\0' a | curl -s -F 'name=<-' \(base)/form/ | wc -c", "90002"),
                ("curl -s -o /dev/null -w '%{http_code}' -X PROPFIND \(base)/who", "405"),
                // What breaks on the way is no whole answer.
                ("curl -s -o /dev/null -w '%{exitcode}' \(base)/torn", "18"), ("curl -s -0 \(base)/stream | wc -l", "1000"),
                ("curl -s -o /dev/null -w '%{http_code}' -X BREW \(base)/who", "400"),
            ]
            for (command, expected) in commands {
                let text = try await RunningServer.run(command)
                #expect(text.trimmingCharacters(in: .newlines) == expected, "\(command)")
            }
        }
    }

    @Test func `an address that the client makes up is not believed`() async throws {
        try await RunningServer.with(Self.routes) { port, _, _ in
            let text = try await RunningServer.run("curl -s -H 'X-Forwarded-For: 203.0.113.9' http://127.0.0.1:\(port)/who")
            #expect(text.hasPrefix("from 127.0.0.1"))
        }
        let trusting = WebSettings(proxies: TrustedProxies([AddressBlock("127.0.0.0/8")].compactMap { $0 }))
        try await RunningServer.with(Self.routes, service: trusting) { port, _, _ in
            let text = try await RunningServer.run("curl -s -H 'X-Forwarded-For: 127.9.9.9, 203.0.113.9' http://127.0.0.1:\(port)/who")
            #expect(text.hasPrefix("from 203.0.113.9"))
        }
    }

    @Test func `stopping lets requests end, up to a time`() async throws {
        let started = AsyncStream<Void>.makeStream()
        let (goOn, release) = AsyncStream<Void>.makeStream()
        let routes = [
            Route(.get, "/slow/", "") { _ in
                started.continuation.yield()
                for await _ in goOn { break }
                return WebResponse(contentType: "text/plain", body: "done")
            },
            Route(.get, "/hanging/", "") { _ in
                started.continuation.yield()
                try await Task.sleep(for: .seconds(3600))
                return WebResponse()
            },
        ]
        try await RunningServer.with(routes) { port, _, stop in
            async let answer = RunningServer.run("curl -s http://127.0.0.1:\(port)/slow")
            for await _ in started.stream { break }
            stop()
            release.yield()
            let text = try await answer
            #expect(text == "done")
        }
        try await RunningServer.with(routes, change: { $0.stopTimeout = .milliseconds(200) }) { port, _, stop in
            async let answer = RunningServer.run("curl -s -o /dev/null -w '%{exitcode}' http://127.0.0.1:\(port)/hanging")
            for await _ in started.stream { break }
            stop()
            _ = try await answer
        }
    }
}
