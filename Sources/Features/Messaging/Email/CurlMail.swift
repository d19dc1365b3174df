import CCurl
import Foundation

/// What an SMTP server said about one mail.
struct SMTPAnswer: Sendable, Equatable {
    enum Outcome: Sendable, Equatable {
        case accepted
        /// 5xx about this mail.
        case refused
        /// 4xx about this mail.
        case deferred
        /// The server does not serve us, or there was no talk with it at all.
        case failed
    }

    var outcome: Outcome
    /// `250`, `550 5.1.1`, or the name of what went wrong before there was an answer.
    var code: String
}

/// One connection to an SMTP server, kept from mail to mail by libcurl. For one thread at a time.
final class CurlMail {
    /// libcurl's own set-up, once in the process.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private let settings: SMTPSettings
    private let handle: UnsafeMutableRawPointer?

    init(_ settings: SMTPSettings) {
        self.settings = settings
        handle = Self.isReady ? curl_easy_init() : nil
    }

    deinit {
        if let handle { curl_easy_cleanup(handle) }
    }

    /// Sends a mail; blocks until the server has answered or the time is over.
    func send(_ octets: [UInt8], from: String, to: String) -> SMTPAnswer {
        guard let handle else { return SMTPAnswer(outcome: .failed, code: "libcurl") }
        // Keeps connections.
        curl_easy_reset(handle)
        configure(handle)
        let exchange = Exchange(octets)
        let context = Unmanaged.passUnretained(exchange).toOpaque()
        let recipients = curl_slist_append(nil, "<\(to)>")
        defer { curl_slist_free_all(recipients) }
        ccurl_set_text(handle, CURLOPT_MAIL_FROM, "<\(from)>")
        ccurl_set_pointer(handle, CURLOPT_MAIL_RCPT, recipients.map { UnsafeMutableRawPointer($0) })
        ccurl_set_long(handle, CURLOPT_UPLOAD, 1)
        ccurl_set_pointer(handle, CURLOPT_READDATA, context)
        ccurl_set_callback(handle, CURLOPT_READFUNCTION) { buffer, size, count, context in
            guard let buffer, let context else { return 0 }
            return Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue().read(
                into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
        }
        ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        ccurl_set_callback(handle, CURLOPT_HEADERFUNCTION) { line, size, count, context in
            guard let line, let context else { return 0 }
            Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue().heard(
                String(decoding: UnsafeRawBufferPointer(start: line, count: size * count), as: UTF8.self))
            return size * count
        }
        let result = withExtendedLifetime(exchange) { curl_easy_perform(handle) }
        return exchange.answer(result)
    }

    private func configure(_ handle: UnsafeMutableRawPointer) {
        let scheme = settings.security == .tls ? "smtps" : "smtp"
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        // The path is the name in EHLO.
        ccurl_set_text(handle, CURLOPT_URL, "\(scheme)://\(host):\(settings.port)/\(settings.ownName)")
        ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, scheme)
        ccurl_set_text(handle, CURLOPT_PROXY, "")
        ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, Int(settings.timeoutSeconds * 1000))
        ccurl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, Int(min(settings.timeoutSeconds, 15) * 1000))
        ccurl_set_long(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        let usesTLS: curl_usessl =
            switch settings.security {
            case .none: CURLUSESSL_NONE
            case .opportunistic: CURLUSESSL_TRY
            case .starttls, .tls: CURLUSESSL_ALL
            }
        ccurl_set_long(handle, CURLOPT_USE_SSL, Int(usesTLS.rawValue))
        ccurl_set_long(handle, CURLOPT_SSL_VERIFYPEER, settings.verifiesCertificate ? 1 : 0)
        ccurl_set_long(handle, CURLOPT_SSL_VERIFYHOST, settings.verifiesCertificate ? 2 : 0)
        if let file = settings.certificateAuthorityFile { ccurl_set_text(handle, CURLOPT_CAINFO, file) }
        guard !settings.user.isEmpty else { return }
        ccurl_set_text(handle, CURLOPT_USERNAME, settings.user)
        ccurl_set_text(handle, CURLOPT_PASSWORD, settings.password)
    }

    /// The mail on its way, and the last the server said. Used by one thread, inside of `curl_easy_perform`.
    private final class Exchange {
        private let octets: [UInt8]
        private var sent = 0
        /// Lines that end a reply: `250 OK`.
        private var replies = 0
        private var last = ""

        init(_ octets: [UInt8]) {
            self.octets = octets
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
            let count = min(buffer.count, octets.count - sent)
            buffer.copyBytes(from: octets[sent..<sent + count])
            sent += count
            return count
        }

        func heard(_ line: String) {
            guard line.utf8.count > 3, line.utf8.prefix(3).allSatisfy({ (0x30...0x39).contains($0) }) else { return }
            // The answer to QUIT, which follows an error, says nothing about it.
            guard !line.hasPrefix("221") else { return }
            if Array(line.utf8)[3] == 0x20 { replies += 1 }
            last = line
        }

        func answer(_ result: CURLcode) -> SMTPAnswer {
            // The three digits, and the enhanced code where there is one (RFC 3463).
            let words = last.split(whereSeparator: \.isWhitespace).prefix(2)
            let code = words.joined(separator: " ").prefixMatch(of: /\d{3}( \d\.\d{1,3}\.\d{1,3})?/).map { String($0.0) } ?? ""
            if result == CURLE_OK { return SMTPAnswer(outcome: .accepted, code: code) }
            // What comes before the mail is talked about (greeting, STARTTLS, AUTH) is about the server or the account.
            let isAboutMail = replies > 1 && (result == CURLE_SEND_ERROR || result == CURLE_WEIRD_SERVER_REPLY)
            let isServers = ["421", "454", "521", "530", "534", "535", "538", "554 5.7.0"].contains { code.hasPrefix($0) }
            if isAboutMail, !isServers, code.hasPrefix("5") { return SMTPAnswer(outcome: .refused, code: "smtp \(code)") }
            if isAboutMail, !isServers, code.hasPrefix("4") { return SMTPAnswer(outcome: .deferred, code: "smtp \(code)") }
            let name = String(cString: curl_easy_strerror(result))
            return SMTPAnswer(outcome: .failed, code: code.hasPrefix("4") || code.hasPrefix("5") ? "smtp \(code)" : "smtp: \(name)")
        }
    }
}

extension SMTPSettings {
    /// In EHLO and Message-ID.
    var ownName: String { hostName ?? from.split(separator: "@").last.map(String.init) ?? "localhost" }
}
