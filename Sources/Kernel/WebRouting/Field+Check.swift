import Foundation
import Localization

/// Why a field's value is not taken.
struct FieldRefusal: Error {
    let message: Message

    init(_ message: Message) { self.message = message }
}

extension Field {
    /// The value as its kind has it: texts cut, numbers and truth values read from texts as forms send them.
    /// - Returns: nil for a field that is missing.
    func check(_ value: FormValues.Value?) -> Result<FormValues.Value?, FieldRefusal> {
        guard let value else { return .success(nil) }
        do throws(FieldRefusal) {
            switch value {
            case .file: return .success(kind == .file ? value : try refuse("Not a valid string."))
            case .json(.null):
                guard allowsNull else { throw FieldRefusal("This field may not be null.") }
                return .success(value)
            case .json(let json): return .success(.json(try checked(json)))
            }
        } catch {
            return .failure(error)
        }
    }

    private func refuse(_ message: Message) throws(FieldRefusal) -> FormValues.Value { throw FieldRefusal(message) }

    private func checked(_ json: JSONValue) throws(FieldRefusal) -> JSONValue {
        switch kind {
        case .json:
            if json.hasNullCharacters { throw FieldRefusal("Null characters are not allowed.") }
            return json
        case .file: throw FieldRefusal("The submitted data was not a file. Check the encoding type on the form.")
        case .boolean: return try boolean(json)
        case .integer: return try integer(json)
        case .number: return try number(json)
        default: return .string(try text(json))
        }
    }

    private func text(_ json: JSONValue) throws(FieldRefusal) -> String {
        var text: String
        switch json {
        case .string(let string): text = string
        case .integer(let integer): text = String(integer)
        case .number(let number): text = String(number)
        default: throw FieldRefusal("Not a valid string.")
        }
        if text.hasNullCharacter { throw FieldRefusal("Null characters are not allowed.") }
        if kind != .password { text = text.trimmingBlanks }
        if text.isEmpty {
            guard allowsBlank else { throw FieldRefusal("This field may not be blank.") }
            return text
        }
        if let maximumLength, text.utf8.count > maximumLength, text.unicodeScalars.count > maximumLength {
            throw FieldRefusal(Message("Ensure this field has no more than {max} characters.", ["max": String(maximumLength)]))
        }
        if let refusal = malformed(text) { throw FieldRefusal(refusal) }
        return kind == .uuid ? text.lowercased() : text
    }

    /// What is wrong with the form of a text; nil when it is well.
    private func malformed(_ text: String) -> Message? {
        switch kind {
        case .email: text.isEmailAddress ? nil : "Enter a valid email address."
        case .phone: text.isPhoneNumber ? nil : "The phone number entered is not valid."
        case .url: text.isWebAddress ? nil : "Enter a valid URL."
        case .uuid: UUID(uuidString: text) == nil ? "Must be a valid UUID." : nil
        case .date: text.isCalendarDate ? nil : "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."
        case .dateTime:
            WebTime.microseconds(text) == nil
                ? "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]." : nil
        case .ipAddress: text.isIPAddress ? nil : "Enter a valid IPv4 or IPv6 address."
        case .choice(let choices): choices.contains(text) ? nil : Message("\"{value}\" is not a valid choice.", ["value": text])
        default: nil
        }
    }

    private func boolean(_ json: JSONValue) throws(FieldRefusal) -> JSONValue {
        switch json {
        case .bool: return json
        case .integer(1): return true
        case .integer(0): return false
        case .string(let text) where ["true", "t", "yes", "y", "on", "1"].contains(text.lowercased()): return true
        case .string(let text) where ["false", "f", "no", "n", "off", "0"].contains(text.lowercased()): return false
        case .string("") where allowsNull: return .null
        default: throw FieldRefusal("Must be a valid boolean.")
        }
    }

    private func integer(_ json: JSONValue) throws(FieldRefusal) -> JSONValue {
        var value: Int64?
        switch json {
        case .integer(let integer): value = integer
        case .number(let number): value = Int64(exactly: number)
        case .string(let text):
            let digits = text.trimmingBlanks
            if digits.isEmpty, allowsNull { return .null }
            value = Int64(digits)
        default: break
        }
        guard let value else { throw FieldRefusal("A valid integer is required.") }
        if let minimum, value < minimum {
            throw FieldRefusal(Message("Ensure this value is greater than or equal to {min}.", ["min": String(minimum)]))
        }
        if let maximum, value > maximum {
            throw FieldRefusal(Message("Ensure this value is less than or equal to {max}.", ["max": String(maximum)]))
        }
        return .integer(value)
    }

    private func number(_ json: JSONValue) throws(FieldRefusal) -> JSONValue {
        switch json {
        case .integer, .number: return json
        case .string(let text):
            guard let number = Double(text), number.isFinite else { throw FieldRefusal("A valid number is required.") }
            return .number(number)
        default: throw FieldRefusal("A valid number is required.")
        }
    }
}

extension JSONValue {
    /// Whether a text of the document holds U+0000.
    fileprivate var hasNullCharacters: Bool {
        switch self {
        case .string(let text): text.hasNullCharacter
        case .array(let elements): elements.contains { $0.hasNullCharacters }
        case .object(let members): members.contains { $0.name.hasNullCharacter || $0.value.hasNullCharacters }
        case .null, .bool, .integer, .number: false
        }
    }
}
