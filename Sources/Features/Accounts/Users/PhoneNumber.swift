/// Telephone numbers in the international form (ITU-T E.164): `+`, country code, subscriber number.
public enum PhoneNumber {
    /// Whether `text` is `+` and 7 to 15 digits that begin with a country code which has been assigned.
    public static func isValid(_ text: String) -> Bool {
        let digits = text.utf8.dropFirst()
        guard text.utf8.first == UInt8(ascii: "+"), (7...15).contains(digits.count) else { return false }
        return digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } && callingCode(of: text) != nil
    }

    /// The country code that a number in E.164 begins with, `+39`; nil when none is assigned.
    public static func callingCode(of number: String) -> String? {
        guard number.hasPrefix("+") else { return nil }
        // No code is the beginning of another, so that the first match is the only one.
        return (1...3).lazy.map { String(number.dropFirst().prefix($0)) }.first { CallingCodes.assigned.contains($0) }.map { "+" + $0 }
    }

    /// The numbers that a person may mean, in E.164, the likeliest first: an international one as typed, a national one behind each
    /// prefix, with its leading zero and without.
    ///
    /// Blanks, dashes, dots, slashes and brackets are ignored, `00` is `+`.
    /// - Parameter prefixes: such as `+39`.
    public static func candidates(_ text: String, prefixes: [String]) -> [String] {
        var typed = ""
        for character in text {
            if character.isASCII, character.isNumber || character == "+" && typed.isEmpty {
                typed.append(character)
            } else if !" -./()\u{a0}".contains(character) {
                return []
            }
        }
        if typed.hasPrefix("00") { typed = "+" + typed.dropFirst(2) }
        let forms = typed.hasPrefix("0") ? [typed, String(typed.dropFirst())] : [typed]
        var candidates: [String] = []
        for form in forms {
            let spelled = form.hasPrefix("+") ? [form] : prefixes.map { $0 + form }
            for number in spelled where isValid(number) && !candidates.contains(number) { candidates.append(number) }
        }
        return candidates
    }
}

/// Country codes (ITU-T Operational Bulletin, list of recommendation E.164 assigned country codes).
enum CallingCodes {
    static let assigned: Set<String> = Set(
        """
        1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95
        98 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239 240 241 242 243 244 245 246
        247 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 290 291 297 298 299 350 351 352 353 354 355
        356 357 358 359 370 371 372 373 374 375 376 377 378 379 380 381 382 383 385 386 387 389 420 421 423 500 501 502 503 504 505 506 507
        508 509 590 591 592 593 594 595 596 597 598 599 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692
        800 808 850 852 853 855 856 870 878 880 881 882 883 886 888 960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 979
        992 993 994 995 996 998
        """.split(whereSeparator: \.isWhitespace).map(String.init))
}
