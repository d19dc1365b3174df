extension JSONSchema {
    /// The schema as JSON (JSON Schema 2020-12); named ones are put into `components` and referred to.
    func json(_ components: inout [String: JSONValue]) -> JSONValue {
        switch self {
        case .value(let type, let format):
            return .object([.init("type", .string(type))] + (format.map { [.init("format", .string($0))] } ?? []))
        case .nullable(let schema): return Self.nullable(schema.json(&components))
        case .array(let element): return ["type": "array", "items": element.json(&components)]
        case .map(let element): return ["type": "object", "additionalProperties": element.json(&components)]
        case .either(let schemas):
            var alternatives: [JSONValue] = []
            for schema in schemas { alternatives.append(schema.json(&components)) }
            return ["anyOf": .array(alternatives)]
        case .object(let members, let optional):
            var properties: [JSONValue.Member] = []
            for member in members { properties.append(.init(member.name, member.schema.json(&components))) }
            let required = members.map(\.name).filter { !optional.contains($0) }
            return .object(
                [.init("type", "object"), .init("properties", .object(properties))]
                    + (required.isEmpty ? [] : [.init("required", .array(required.map { .string($0) }))]))
        case .named(let name, let schema):
            if components[name] == nil {
                // A schema may name itself within.
                components[name] = .null
                components[name] = schema.json(&components)
            }
            return ["$ref": .string("#/components/schemas/\(name)")]
        }
    }

    /// The same or null.
    static func nullable(_ schema: JSONValue) -> JSONValue {
        guard case .object(var members) = schema, let index = members.firstIndex(where: { $0.name == "type" }) else {
            return ["anyOf": [schema, ["type": "null"]]]
        }
        members[index].value = [members[index].value, "null"]
        return .object(members)
    }
}

extension Field {
    /// The field's value in JSON.
    var schema: JSONValue {
        var members: [JSONValue.Member] = []
        switch kind {
        case .text: members.append(.init("type", "string"))
        case .password: members += [.init("type", "string"), .init("format", "password")]
        case .email: members += [.init("type", "string"), .init("format", "email")]
        case .phone: members += [.init("type", "string"), .init("pattern", #"^\+[1-9][0-9]{6,14}$"#)]
        case .url: members += [.init("type", "string"), .init("format", "uri")]
        case .uuid: members += [.init("type", "string"), .init("format", "uuid")]
        case .integer: members.append(.init("type", "integer"))
        case .number: members.append(.init("type", "number"))
        case .boolean: members.append(.init("type", "boolean"))
        case .date: members += [.init("type", "string"), .init("format", "date")]
        case .dateTime: members += [.init("type", "string"), .init("format", "date-time")]
        case .ipAddress: members.append(.init("anyOf", [["type": "string", "format": "ipv4"], ["type": "string", "format": "ipv6"]]))
        case .choice(let choices): members += [.init("type", "string"), .init("enum", .array(choices.map { .string($0) }))]
        case .json: break
        case .file: members += [.init("type", "string"), .init("format", "binary")]
        }
        if kind == .text || kind == .password, !allowsBlank { members.append(.init("minLength", 1)) }
        if let maximumLength { members.append(.init("maxLength", .integer(Int64(maximumLength)))) }
        if let minimum { members.append(.init("minimum", .integer(minimum))) }
        if let maximum { members.append(.init("maximum", .integer(maximum))) }
        if !help.isEmpty { members.append(.init("description", .string(help))) }
        let schema = withBlank(.object(members))
        // A choice with null would have to name it, and JSON of any kind has it already.
        guard allowsNull, kind != .json else { return schema }
        if case .choice = kind { return ["anyOf": [schema, ["type": "null"]]] }
        return JSONSchema.nullable(schema)
    }

    /// Forms send an empty text for what is left open, whatever the field's form.
    private func withBlank(_ schema: JSONValue) -> JSONValue {
        guard allowsBlank else { return schema }
        switch kind {
        case .email, .phone, .url, .uuid, .date, .dateTime, .ipAddress: return ["anyOf": [schema, ["type": "string", "maxLength": 0]]]
        case .choice(let choices) where !choices.contains(""): return ["anyOf": [schema, ["type": "string", "maxLength": 0]]]
        default: return schema
        }
    }
}

extension Form {
    /// The form as an object.
    /// - Parameter isPartial: nothing is required (PATCH).
    func schema(isPartial: Bool) -> JSONValue {
        let required = isPartial ? [] : fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        return .object(
            [.init("type", "object"), .init("properties", .object(fields.map { .init($0.name, $0.schema) }))]
                + (required.isEmpty ? [] : [.init("required", .array(required))]))
    }
}
