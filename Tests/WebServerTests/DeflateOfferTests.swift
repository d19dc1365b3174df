import Testing

@testable import WebServer

/// Offers of RFC 7692 §7.1.
@Suite struct DeflateOfferTests {
    private static let plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

    @Test(arguments: [
        "permessage-deflate", "Permessage-Deflate", "permessage-deflate; client_max_window_bits",
        "permessage-deflate;client_max_window_bits=9", "permessage-deflate; client_max_window_bits=\"15\"",
        "permessage-deflate; server_no_context_takeover;client_no_context_takeover", "foo, permessage-deflate",
        "permessage-deflate; server_max_window_bits=10, permessage-deflate", "permessage-deflate; unheard=1, permessage-deflate",
    ])
    func `an offer is accepted with each message by itself`(_ offer: String) {
        #expect(DeflateOffer.answer(to: [offer]) == Self.plain)
    }

    @Test(arguments: [
        "", ",", "x-webkit-deflate-frame", "permessage-bzip2", "permessage-deflate; unheard", "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=14", "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=7", "permessage-deflate; client_max_window_bits=08",
        "permessage-deflate; client_max_window_bits=+9", "permessage-deflate; client_max_window_bits=",
        "permessage-deflate; server_no_context_takeover=1", "permessage-deflate; client_no_context_takeover=",
        "permessage-deflate; client_no_context_takeover; client_no_context_takeover", "permessage-deflate;",
    ])
    func `an offer that cannot be kept, or is none, is declined`(_ offer: String) {
        #expect(DeflateOffer.answer(to: [offer]) == nil)
    }

    @Test func `a window of fifteen bits is confirmed, and fields are alternatives`() {
        let answer = "\(Self.plain); server_max_window_bits=15"
        #expect(DeflateOffer.answer(to: ["permessage-deflate; server_max_window_bits=15"]) == answer)
        #expect(DeflateOffer.answer(to: ["foo", "permessage-deflate; server_max_window_bits=8", "permessage-deflate"]) == Self.plain)
        #expect(DeflateOffer.answer(to: []) == nil)
    }
}
