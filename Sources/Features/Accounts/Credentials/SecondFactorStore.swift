import Database
import Digests

/// SQL about second factors (`radian_second_factor`, `radian_recovery_code`), over one connection.
struct SecondFactorStore {
    let connection: any DatabaseConnection

    init(_ connection: any DatabaseConnection) {
        self.connection = connection
    }

    private static let insert = Statement(
        """
        INSERT INTO radian_second_factor (user_id, secret, is_confirmed, last_counter, created) VALUES ($1, $2, 0, 0, $3)
        ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, created = excluded.created, last_counter = 0
        WHERE radian_second_factor.is_confirmed = 0
        """)
    private static let select = Statement("SELECT secret, is_confirmed FROM radian_second_factor WHERE user_id = $1")
    private static let use = Statement("UPDATE radian_second_factor SET last_counter = $2 WHERE user_id = $1 AND last_counter < $2")
    private static let confirm = Statement("UPDATE radian_second_factor SET is_confirmed = 1 WHERE user_id = $1 AND is_confirmed = 0")
    private static let remove = Statement("DELETE FROM radian_second_factor WHERE user_id = $1")
    private static let addCode = Statement("INSERT INTO radian_recovery_code (user_id, code_sha256) VALUES ($1, $2)")
    private static let takeCode = Statement("DELETE FROM radian_recovery_code WHERE user_id = $1 AND code_sha256 = $2")
    private static let removeCodes = Statement("DELETE FROM radian_recovery_code WHERE user_id = $1")
    private static let countCodes = Statement("SELECT count(*) FROM radian_recovery_code WHERE user_id = $1")

    /// A secret that waits for its confirmation, in the place of one that waits already.
    /// - Returns: false when a confirmed one is there.
    func offer(_ secret: [UInt8], userID: String) throws(DatabaseError) -> Bool {
        try connection.execute(Self.insert, [.text(userID), .text(Base32.encode(secret)), .integer(currentMicroseconds())]) > 0
    }

    /// The user's secret, confirmed or not; nil when there is none.
    func secret(of userID: String) throws(DatabaseError) -> (secret: [UInt8], isConfirmed: Bool)? {
        try connection.first(Self.select, [.text(userID)]) { (Base32.decode($0.text(0)) ?? [], $0.integer(1) != 0) }
    }

    /// Whether a code is right now and was not used before; uses it up.
    func use(_ code: String, secret: [UInt8], userID: String) throws(DatabaseError) -> Bool {
        let seconds = Double(currentMicroseconds()) / 1_000_000
        guard let counter = TOTP(secret: secret).counter(of: Array(code.utf8), at: seconds, window: 1) else { return false }
        return try connection.execute(Self.use, [.text(userID), .integer(counter)]) > 0
    }

    /// From now on the factor is asked for.
    func confirm(_ userID: String) throws(DatabaseError) {
        try connection.execute(Self.confirm, [.text(userID)])
    }

    func remove(_ userID: String) throws(DatabaseError) {
        try connection.execute(Self.remove, [.text(userID)])
        try connection.execute(Self.removeCodes, [.text(userID)])
    }

    /// Ten new recovery codes in the place of all others, 80 bits each.
    func makeRecoveryCodes(_ userID: String) throws(DatabaseError) -> [String] {
        try connection.execute(Self.removeCodes, [.text(userID)])
        var codes: [String] = []
        for _ in 0..<10 {
            let code = Base32.encode(randomOctets(10)).lowercased()
            try connection.execute(Self.addCode, [.text(userID), .text(RandomText.digest(code))])
            codes.append(stride(from: 0, to: 16, by: 4).map { String(code.dropFirst($0).prefix(4)) }.joined(separator: "-"))
        }
        return codes
    }

    /// Whether a recovery code is right; uses it up.
    func useRecoveryCode(_ code: String, userID: String) throws(DatabaseError) -> Bool {
        let plain = code.lowercased().filter { $0 != "-" && !$0.isWhitespace }
        return try connection.execute(Self.takeCode, [.text(userID), .text(RandomText.digest(plain))]) > 0
    }

    func recoveryCodes(_ userID: String) throws(DatabaseError) -> Int {
        Int(try connection.first(Self.countCodes, [.text(userID)]) { $0.integer(0) } ?? 0)
    }
}
