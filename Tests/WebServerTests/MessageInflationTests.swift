import NIOCore
import Testing
import WebRouting

@testable import WebServer

/// Compressed messages, as RFC 7692 shows them and as nobody should send them.
@Suite struct MessageInflationTests {
    private func text(_ octets: [UInt8], limit: Int = 100) -> Result<String, MessageInflation.Failure> {
        Result { () throws(MessageInflation.Failure) in
            String(buffer: try MessageInflation.inflate(ByteBuffer(bytes: octets), limit: limit))
        }
    }

    private static let examples: [[UInt8]] = [
        [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
        // A block without compression, one with BFINAL, with and without what follows it, and two blocks.
        [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00],
        [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00], [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
        [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00],
    ]

    @Test(arguments: examples) func `the RFC's examples say Hello`(_ octets: [UInt8]) {
        #expect(text(octets) == .success("Hello"))
        #expect(text(octets, limit: 5) == .success("Hello"))
        #expect(text(octets, limit: 4) == .failure(.tooLarge))
    }

    @Test func `what is no end, or no deflate, is malformed`() {
        #expect(text([0x00]) == .success(""))
        for length in 1..<6 { #expect(text(Array(Self.examples[0].prefix(length))) == .failure(.malformed), "\(length)") }
        #expect(text([0xFF, 0xFF, 0xFF]) == .failure(.malformed))
        #expect(text([0x00, 0x05, 0x00, 0xFA, 0xFE, 0x48]) == .failure(.malformed))
    }

    @Test(arguments: [1, 1023, 65_535, 65_536, 65_537, 1_000_000])
    func `what is compressed comes back, however large`(_ count: Int) async throws {
        var generator = SystemRandomNumberGenerator()
        let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for octets in [noise, (0..<count).map { UInt8($0 % 10) }] {
            let compressed = try #require(await MessageDeflation.task(for: ByteBuffer(bytes: octets)).value)
            #expect(compressed.readableBytes < octets.count + octets.count / 100 + 100)
            let inflated = try MessageInflation.inflate(compressed, limit: count)
            #expect(inflated == ByteBuffer(bytes: octets))
        }
    }

    @Test func `a bomb is refused before it is large`() async throws {
        let bomb = try #require(await MessageDeflation.task(for: ByteBuffer(repeating: 0, count: 100 << 20)).value)
        #expect(bomb.readableBytes < 1 << 20)
        #expect(throws: MessageInflation.Failure.tooLarge) { try MessageInflation.inflate(bomb, limit: 1 << 20) }
    }

    @Test func `hostile octets give a text within the limit, or an error`() async throws {
        let sentence = ByteBuffer(string: String(repeating: #"{"id":"10.0.0.1","label":"one"},"#, count: 100))
        let good = Array(try #require(await MessageDeflation.task(for: sentence).value).readableBytesView)
        var generator = SystemRandomNumberGenerator()
        var inflated = 0
        for round in 0..<20_000 {
            var octets: [UInt8]
            if round % 2 == 0 {
                octets = (0..<Int.random(in: 0..<200, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            } else {
                octets = good
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    octets[Int.random(in: 0..<octets.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
                }
                if Bool.random(using: &generator) { octets.removeLast(Int.random(in: 0..<octets.count, using: &generator)) }
            }
            do throws(MessageInflation.Failure) {
                let result = try MessageInflation.inflate(ByteBuffer(bytes: octets), limit: 5000)
                #expect(result.readableBytes <= 5000)
                inflated += 1
            } catch {
                continue
            }
        }
        #expect(inflated > 0)
    }

    @Test func `a message that many get is compressed once`() async {
        let message = SharedMessage(Array(repeating: 65, count: 100_000))
        let tasks = (0..<10).map { _ in message.form(MessageDeflation.task(for:)) }
        #expect(Set(tasks).count == 1)
        let size = await tasks[0].value?.readableBytes ?? 0
        #expect(size > 0 && size < 1000)
    }
}
