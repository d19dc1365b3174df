import Testing

@testable import RADIUSPipeline

/// What FreeRADIUS 3.2.1 sends for a Reply-Message with this value in radreply.
@Suite struct TextEscapesTests {
    @Test(
        arguments: [
            ("plain", "plain"), (#"a\\b"#, #"a\b"#), (#"a\nb"#, "a\nb"), (#"a\tb\r"#, "a\tb\r"), (#"a\"b"#, "a\"b"), (#"a\101b"#, "aAb"),
            (#"\\server\share"#, #"\server\share"#), (#"a\.b"#, #"a\.b"#), (#"a\"#, #"a\"#), (#"a\18b"#, #"a\18b"#), (#"a\777"#, #"a\777"#),
            (#"\\101"#, #"\101"#),
        ])
    func escapes(_ stored: String, _ meant: String) {
        #expect(TextEscapes.unescape(stored) == meant)
    }
}
