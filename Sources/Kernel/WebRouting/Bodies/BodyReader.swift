import Foundation
import HTTPTypes
import Localization

/// Reads a request's body: measures it, keeps its octets or its files, and makes its fields of them.
struct BodyReader {
    /// What a body came to.
    struct Body {
        var bytes: [UInt8] = []
        var values = FormValues()
        /// Keeps the files until the request is done.
        var uploads: Uploads?
    }

    /// Nil reads the fields of the body that has some, and takes any other as it is.
    let form: Form?
    /// Octets.
    let limit: Int
    let uploadFolder: URL

    /// - Throws: ``Problem``: 413 too large, 415 a type that no form is read from, 400 not what its type says.
    func read<Source: AsyncSequence & Sendable>(_ head: HTTPRequest, _ source: Source) async throws -> Body
    where Source.Element == [UInt8] {
        if let length = head.headerFields[.contentLength].flatMap({ Int($0) }), length > limit { throw Problem.tooLarge }
        if let coding = head.headerFields[.contentEncoding], coding.lowercased() != "identity" {
            throw Problem.unsupportedType(coding)
        }
        let type = MediaType(head.headerFields[.contentType] ?? "")
        if type.name == "multipart/form-data" {
            guard let parser = MultipartParser(boundary: type.parameters["boundary"] ?? "") else { throw Problem.unreadable }
            return try await multipart(source, parser, form ?? Form([]))
        }
        let bytes = try await collect(source)
        let hasFields = type.isJSON || type.name == "application/x-www-form-urlencoded"
        if bytes.isEmpty || (form == nil && !hasFields) { return Body(bytes: bytes) }
        return Body(bytes: bytes, values: try values(bytes, type, form ?? Form([])))
    }

    private func collect<Source: AsyncSequence & Sendable>(_ source: Source) async throws -> [UInt8] where Source.Element == [UInt8] {
        var bytes: [UInt8] = []
        var iterator = source.makeAsyncIterator()
        while let chunk = try await Self.next(&iterator) {
            guard bytes.count + chunk.count <= limit else { throw Problem.tooLarge }
            bytes += chunk
        }
        return bytes
    }

    /// The next octets; that they do not come, or not as HTTP has them, is the client's doing.
    private static func next<Iterator: AsyncIteratorProtocol>(_ iterator: inout Iterator) async throws -> [UInt8]?
    where Iterator.Element == [UInt8] {
        do {
            return try await iterator.next()
        } catch {
            throw Problem.unreadable
        }
    }

    private func values(_ bytes: [UInt8], _ type: MediaType, _ form: Form) throws(Problem) -> FormValues {
        guard type.isUTF8 else { throw .unsupportedType(type.parameters["charset"] ?? "") }
        if type.isJSON {
            guard let document = try? JSONValue(parsing: bytes) else { throw .unreadable }
            guard case .object(let members) = document else { throw .nonField("Invalid data. Expected an object.") }
            return FormValues(members)
        }
        guard type.name == "application/x-www-form-urlencoded" else { throw .unsupportedType(type.name) }
        guard let pairs = PercentCoding.pairs(bytes) else { throw .unreadable }
        var fields = FieldTexts()
        for pair in pairs { fields.append(pair.value, to: pair.name) }
        return fields.values(form)
    }

    private func multipart<Source: AsyncSequence & Sendable>(
        _ source: Source, _ parser: MultipartParser, _ form: Form
    ) async throws -> Body where Source.Element == [UInt8] {
        var parser = parser
        let uploads = Uploads(folder: uploadFolder)
        var fields = FieldTexts()
        var files: [String: UploadedFile] = [:]
        let fileNames = Set(form.fields.filter { $0.kind == .file }.map(\.name))
        var part: MultipartParser.Part?
        var text: [UInt8] = []
        var received = 0
        do {
            var iterator = source.makeAsyncIterator()
            while let chunk = try await Self.next(&iterator) {
                received += chunk.count
                guard received <= limit else { throw Problem.tooLarge }
                for event in try parser.feed(chunk) {
                    switch event {
                    case .part(let header):
                        (part, text) = (header, [])
                        guard let fileName = header.fileName, fileNames.contains(header.name) else { continue }
                        files[header.name] = UploadedFile(
                            name: fileName, contentType: header.contentType, url: try await uploads.makeFile(), octets: 0)
                    case .content(let bytes):
                        guard let name = part?.name else { continue }
                        if part?.fileName == nil {
                            text += bytes
                        } else if let file = files[name] {
                            try await uploads.append(bytes, to: file.url)
                            files[name]?.octets += bytes.count
                        }
                    case .endOfPart:
                        guard let part, part.fileName == nil else { continue }
                        guard part.isUTF8, let text = String(validating: text, as: UTF8.self) else { throw Problem.unreadable }
                        fields.append(text, to: part.name)
                    }
                }
            }
            try parser.finish()
        } catch is MultipartParser.Malformed {
            throw Problem.unreadable
        }
        var values = fields.values(form)
        for (name, file) in files { values[name] = .file(file) }
        return Body(values: values, uploads: uploads)
    }
}

/// The texts of a form's fields, which may come more than once.
private struct FieldTexts {
    private var names: [String] = []
    private var texts: [String: [String]] = [:]

    mutating func append(_ text: String, to name: String) {
        if texts[name] == nil { names.append(name) }
        texts[name, default: []].append(text)
    }

    /// The last text of each field counts, as with the forms that clients know; fields of JSON take a document, or a list of all their texts.
    func values(_ form: Form) -> FormValues {
        let documents = Set(form.fields.filter { $0.kind == .json }.map(\.name))
        var values = FormValues()
        for name in names {
            let all = texts[name] ?? []
            guard let last = all.last else { continue }
            if documents.contains(name) {
                let list = JSONValue.array(all.map { .string($0) })
                values[name] = .json(all.count > 1 ? list : (try? JSONValue(parsing: Array(last.utf8))) ?? .string(last))
            } else {
                values[name] = .json(.string(last))
            }
        }
        return values
    }
}
