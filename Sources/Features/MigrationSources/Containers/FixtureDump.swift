import Foundation

/// What Django's `manage.py dumpdata` writes: objects `{"model": …, "pk": …, "fields": {…}}`, in one list or one a line.
///
/// Fields become columns as ``FixtureNames`` says, lists of keys become rows of the joining table.
struct FixtureDump: SourceContainer {
    let path: String

    func read(_ wants: (String) -> Bool, _ take: (SourceRecord) throws -> Void, _ progress: (Int) -> Void) throws {
        let bytes = try DumpBytes(path: path)
        let decoder = JSONDecoder()
        while let object = try Self.nextObject(bytes) {
            progress(bytes.position)
            guard let entry = try? decoder.decode(Entry.self, from: Data(object)) else {
                throw SourceError.malformed(bytes.position, "an object of dumpdata has no model or no fields")
            }
            guard let names = FixtureNames.model(entry.model) else { continue }
            let key = entry.pk?.text
            var columns: [String] = []
            var values: [String?] = []
            for (field, value) in entry.fields.sorted(by: { $0.key < $1.key }) {
                if let join = names.joins[field] {
                    guard wants(join.table), case .list(let others) = value else { continue }
                    let columns = SourceColumns([join.own, join.other])
                    for other in others { try take(SourceRecord(table: join.table, columns: columns, values: [key, other.text])) }
                } else {
                    columns.append(names.column(field))
                    values.append(value.text)
                }
            }
            // A field of the same column counts more: the key of sessions was another one once.
            if wants(names.table) {
                try take(SourceRecord(table: names.table, columns: SourceColumns(columns + [names.key]), values: values + [key]))
            }
        }
    }

    private struct Entry: Decodable {
        let model: String
        let pk: FixtureValue?
        let fields: [String: FixtureValue]
    }

    /// The octets of the next object on the outermost level; nil when there is none.
    private static func nextObject(_ bytes: DumpBytes) throws -> [UInt8]? {
        while let byte = try bytes.peek(), byte != UInt8(ascii: "{") { _ = try bytes.next() }
        var object: [UInt8] = []
        var depth = 0
        var isInString = false
        var isEscaped = false
        while let byte = try bytes.next() {
            object.append(byte)
            guard object.count <= SQLTokens.valueLimit else { throw SourceError.tooLong(bytes.position) }
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return object }
            default: break
            }
        }
        if object.isEmpty { return nil }
        throw SourceError.malformed(bytes.position, "an object does not end")
    }
}

/// A value of `dumpdata`.
private enum FixtureValue: Codable {
    case null
    case scalar(String)
    case list([FixtureValue])
    case object([String: FixtureValue])
    case number(Int64)
    case real(Double)
    case flag(Bool)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Int64.self) {
            self = .number(number)
        } else if let real = try? container.decode(Double.self) {
            self = .real(real)
        } else if let text = try? container.decode(String.self) {
            self = .scalar(text)
        } else if let list = try? container.decode([FixtureValue].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: FixtureValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .scalar(let text): try container.encode(text)
        case .list(let list): try container.encode(list)
        case .object(let object): try container.encode(object)
        case .number(let number): try container.encode(number)
        case .real(let real): try container.encode(real)
        case .flag(let flag): try container.encode(flag)
        }
    }

    /// As a column has it; lists and objects as JSON.
    var text: String? {
        switch self {
        case .null: nil
        case .scalar(let text): text
        case .number(let number): String(number)
        case .real(let real): String(real)
        case .flag(let flag): flag ? "true" : "false"
        case .list, .object: (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) }
        }
    }
}
