import Foundation
import Testing

@testable import TLSEngine

/// Against the responder of the openssl program.
@Suite struct OCSPTests {
    private let directory: ScratchDirectory
    private let issuer: Certificate
    private let client: Certificate

    init() throws {
        directory = try ScratchDirectory()
        let authority = try #require(Fixture.authority)
        issuer = authority.certificate
        client = try #require(Fixture.client).certificate
        try directory.write(authority.certificate.pem, "ca.pem")
        try directory.write(authority.privateKey.pem, "ca.key")
    }

    /// - Parameter record: the certificate's line in the CA's index, or none.
    private func answer(_ request: OCSPRequest, _ record: String, signer: String = "ca", _ more: [String] = ["-ndays", "1"]) throws
        -> [UInt8]
    {
        try directory.write(record, "index.txt")
        try directory.write(request.der, "request.der")
        let result = try runProgram(
            ["openssl", "ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "\(signer).pem", "-rkey", "\(signer).key"]
                + ["-reqin", "request.der", "-respout", "response.der"] + more, in: directory.url)
        try #require(result.code == 0, "\(result.text)")
        return try directory.read("response.der")
    }

    private var good: String { "V\t491231235959Z\t\t\(client.serialNumber)\tunknown\t/CN=alice\n" }
    private var revoked: String { "R\t491231235959Z\t200101000000Z\t\(client.serialNumber)\tunknown\t/CN=alice\n" }

    @Test func theThreeAnswersAreTold() throws {
        let request = try OCSPRequest(certificate: client, issuer: issuer)
        let fine = try request.verify(answer(request, good))
        #expect(fine.status == .good)
        #expect(abs(fine.thisUpdate - Fixture.now) < 300)
        #expect(fine.nextUpdate == fine.thisUpdate + 86400)
        #expect(try request.verify(answer(request, revoked)).status == .revoked(1_577_836_800))
        #expect(try request.verify(answer(request, "")).status == .unknown)
    }

    @Test func onlyTheIssuersFreshWordCounts() throws {
        let request = try OCSPRequest(certificate: client, issuer: issuer)
        let response = try answer(request, good)
        let other = try OCSPRequest(certificate: client, issuer: issuer)
        #expect(throws: TLSError.certificate("the OCSP response answers another request")) { try other.verify(response) }
        #expect(try OCSPResponse(der: response, certificate: client, issuer: issuer).status == .good)
        #expect(throws: TLSError.certificate("the OCSP response is about another certificate")) {
            try OCSPResponse(der: response, certificate: #require(Fixture.server).certificate, issuer: issuer)
        }
        for index in 20..<150 {
            var changed = response
            changed[index] ^= 1
            #expect(throws: TLSError.self) { try OCSPResponse(der: changed, certificate: client, issuer: issuer) }
        }
        // A certificate of the CA that may not speak for it.
        let server = try #require(Fixture.server)
        try directory.write(server.chain, "server.pem")
        try directory.write(server.key, "server.key")
        let foreign = try answer(request, good, signer: "server")
        #expect(throws: TLSError.self) { try request.verify(foreign) }
        #expect(throws: TLSError.certificate("the OCSP response is malformed")) { try request.verify([1, 2]) }
    }

    @Test func aServerStaplesItsAnswer() throws {
        let server = try #require(Fixture.server).certificate
        let request = try OCSPRequest(certificate: server, issuer: issuer)
        let response = try answer(request, "V\t491231235959Z\t\t\(server.serialNumber)\tunknown\t/CN=radius\n")
        for version in [TLSVersion.v1_2, .v1_3] {
            var configuration = Fixture.server()
            configuration.stapledResponse = response
            var client = Fixture.client()
            client.maximumVersion = version
            #expect(try Pair(client, configuration).run().client.stapledResponse == nil)
            client.requestsStapledResponse = true
            let pair = try Pair(client, configuration).run()
            #expect(pair.client.stapledResponse == response)
            let staple = try #require(pair.client.stapledResponse)
            #expect(try OCSPResponse(der: staple, certificate: pair.client.peerChain[0], issuer: pair.client.peerChain[1]).status == .good)
            #expect(try Pair(client, Fixture.server()).run().isEstablished)
        }
    }
}
