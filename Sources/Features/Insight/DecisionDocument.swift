import RADIUSPipeline
import Sessions
import WebRouting

/// A decision of the pipeline as the API tells it.
struct DecisionDocument {
    let record: DecisionRecord

    static let schema = JSONSchema.named(
        "Decision",
        .object([
            ("time", .dateTime), ("username", .nullable(.string)), ("outcome", .string), ("reason", .nullable(.string)),
            ("explanation", .nullable(.string)), ("next_step", .nullable(.string)),
            (
                "stages",
                .array(
                    .object([
                        ("number", .integer), ("name", .string), ("microseconds", .integer), ("outcome", .string),
                        ("notes", .array(.string)),
                    ]))
            ), ("decided_by", .nullable(.string)), ("request", .array(.string)), ("reply", .array(.string)),
            ("radclient", .nullable(.string)),
        ]))

    var json: JSONValue {
        let stages = record.stages.enumerated().map { index, stage -> JSONValue in
            [
                "number": .integer(Int64(index + 1)), "name": .string(stage.name),
                "microseconds": .integer(Int64(stage.elapsedNanoseconds / 1000)), "outcome": .string(stage.outcome),
                "notes": Self.texts(stage.notes),
            ]
        }
        return [
            "time": .string(WebTime.text(microseconds: record.epochMicroseconds)), "username": .optional(record.userName),
            "outcome": .string(record.outcome), "reason": .optional(record.reason?.rawValue),
            "explanation": .optional(record.reason?.explanation), "next_step": .optional(record.reason?.nextStep),
            "stages": .array(stages), "decided_by": .optional(record.decidedBy), "request": Self.texts(record.requestAttributes),
            "reply": Self.texts(record.replyAttributes), "radclient": .optional(radclient),
        ]
    }

    /// What the request had, but for what the line has already and what was masked.
    private var radclient: String? {
        var line = RadclientLine(userName: record.userName ?? "", method: record.method)
        for text in record.requestAttributes where !text.hasSuffix(" = <secret>") {
            guard let equals = text.firstRange(of: " = ") else { continue }
            let name = String(text[..<equals.lowerBound])
            if name != "User-Name", name != "State" { line.add(name, String(text[equals.upperBound...])) }
        }
        return line.text
    }

    private static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
