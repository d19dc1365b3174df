/// Passwords that somebody who guesses tries first.
enum PasswordGuesses {
    /// Words that lists of leaked passwords begin with, alone or with digits and signs around them.
    private static let words: Set<String> = Set(
        """
        password passwort passwords passphrase motdepasse contrasena contraseña wachtwoord parola letmein welcome willkommen bienvenue
        bienvenido benvenuto qwerty qwertz azerty qwertyuiop asdfghjkl zxcvbnm iloveyou ichliebedich teamo jetaime tiamo princess prinzessin
        sunshine football fussball baseball basketball superman batman spiderman dragon monkey master shadow michael jennifer jordan hunter
        ranger buster thomas robert soccer killer george andrea charlie starwars computer internet samsung google facebook whatsapp
        instagram freedom whatever trustno flower hottie loveme zaqwsx qazwsx qazwsxedc admin administrator administrateur root user guest
        gast invitado login secret geheim segreto secreto changeme default access summer winter spring autumn sommer hello hallo bonjour
        ciao hola test testtest testing temp temporary mustang corvette ferrari mercedes liverpool chelsea arsenal barcelona juventus
        realmadrid metallica pokemon cookie chocolate schokolade pepper ginger maggie purple orange banana cheese mother father family
        familie famiglia familia jesus christ angel blessed lovely nicole daniel matthew joshua ashley amanda jessica melissa radius
        wireless hotspot captive portal wifi wlan router cisco mikrotik radian
        """.split(whereSeparator: \.isWhitespace).map(String.init))
    private static let runs = [
        "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop",
    ]

    /// Whether a password is a well-known word with a little around it, one piece repeated, or a walk along the alphabet or a keyboard.
    static func isObvious(_ password: String) -> Bool {
        let lower = password.lowercased()
        let plain = undisguised(lower)
        for text in [lower, plain] {
            let word = text.filter(\.isLetter)
            if words.contains(word), text.count - word.count <= 5 { return true }
        }
        return isRepeated(lower) || isRun(lower)
    }

    /// `p4$$w0rd` as `password`.
    private static func undisguised(_ text: String) -> String {
        let letters: [Character: Character] = ["0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"]
        return String(text.map { letters[$0] ?? $0 })
    }

    /// Whether the text is one piece of up to half its length again and again.
    private static func isRepeated(_ text: String) -> Bool {
        let characters = Array(text)
        guard characters.count > 1 else { return false }
        return (1...min(4, characters.count / 2)).contains { length in
            characters.indices.allSatisfy { characters[$0] == characters[$0 % length] }
        }
    }

    /// Whether three quarters of the text are steps along one of the runs, forwards or backwards.
    private static func isRun(_ text: String) -> Bool {
        let pairs = Set(runs.flatMap { run in zip(run, run.dropFirst()).flatMap { ["\($0)\($1)", "\($1)\($0)"] } })
        let steps = zip(text, text.dropFirst()).filter { pairs.contains("\($0)\($1)") }.count
        return text.count > 3 && steps * 4 >= (text.count - 1) * 3
    }

    /// Whether a password is much the same as a user's name, address or number, or as a part of it.
    static func resembles(_ password: String, _ attribute: String) -> Bool {
        let password = Array(password.lowercased().prefix(PasswordStore.longestPassword))
        let whole = attribute.lowercased()
        let parts = [whole] + whole.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        return parts.contains { part in
            let part = Array(part.prefix(256))
            guard part.count >= 3, part.count * 10 >= password.count else { return false }
            return 20 * common(password, part) >= 7 * (password.count + part.count)
        }
    }

    /// Length of the longest sequence that both texts have, in order.
    private static func common(_ a: [Character], _ b: [Character]) -> Int {
        var row = [Int](repeating: 0, count: b.count + 1)
        for character in a {
            var diagonal = 0
            for index in b.indices {
                let above = row[index + 1]
                row[index + 1] = character == b[index] ? diagonal + 1 : max(above, row[index])
                diagonal = above
            }
        }
        return row[b.count]
    }
}
