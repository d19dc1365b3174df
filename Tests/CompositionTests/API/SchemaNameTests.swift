import TestSupport
import Testing
import WebRouting

/// Schemas with a name stand once in the description: two of one name would be one of them.
@Suite struct SchemaNameTests {
    @Test func `each name is one schema`() async throws {
        try await WholeAPI.with(.sqlite) { api in
            var shapes: [String: Set<String>] = [:]
            for reply in api.routes.flatMap(\.replies) { reply.schema.map { Self.collect($0, into: &shapes) } }
            #expect(shapes.count > 10)
            #expect(shapes.filter { $0.value.count > 1 }.keys.sorted() == [])
        }
    }

    private static func collect(_ schema: JSONSchema, into shapes: inout [String: Set<String>]) {
        switch schema {
        case .value: break
        case .nullable(let inner), .array(let inner), .map(let inner): collect(inner, into: &shapes)
        case .either(let choices): for choice in choices { collect(choice, into: &shapes) }
        case .object(let members, _): for member in members { collect(member.schema, into: &shapes) }
        case .named(let name, let inner):
            guard shapes[name, default: []].insert("\(inner)").inserted else { return }
            collect(inner, into: &shapes)
        }
    }
}
