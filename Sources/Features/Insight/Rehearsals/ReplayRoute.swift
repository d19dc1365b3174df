import HTTPTypes
import Localization
import RADIUSDictionary
import RADIUSPipeline
import RADIUSTransport
import RADIUSWire
import WebRouting

/// `POST radius/replay/`: what would become of a login with a typed password, and why. The password goes nowhere but into the decision.
struct ReplayRoute: Sendable {
    let rehearsal: any LoginRehearsal
    let directory: any NASDirectory

    private static let mostLines = 50
    /// A conversation would be begun, and logged when nobody goes on with it.
    private static let conversations: Set = ["EAP-Message", "State"]

    var route: Route {
        Route(
            .post, "/api/v1/radius/replay/", "Rehearse a login", section: TraceRoutes.section,
            access: .manager(model: TraceRoutes.model), throttle: .others,
            form: Form([
                Field("username", required: true, maximumLength: 253),
                Field("password", .password, required: true, maximumLength: 128, help: "Neither kept nor logged nor told."),
                Field(
                    "nas", blank: true, null: true, maximumLength: 253,
                    help: "Id or name of a device; a device of the organization when left out."),
                Field("organization", .uuid, null: true, help: "Needed by managers of several organizations where no device is named."),
                Field("calling_station_id", blank: true, null: true, maximumLength: 253),
                Field("called_station_id", blank: true, null: true, maximumLength: 253),
                Field(
                    "attributes", .json, null: true, help: "Further attributes of the request, texts such as \"NAS-Port-Type = Ethernet\"."),
            ]),
            replies: [
                Reply(.ok, "The decision; nothing was logged, reserved, counted or changed.", DecisionDocument.schema),
                Reply(.badRequest, "What cannot be rehearsed.", .fieldErrors),
                Reply(.serviceUnavailable, "Too many rehearsals wait.", .detail),
            ]
        ) { request in
            let user = try request.user()
            let client = try device(request.values, user)
            let login = RehearsedLogin(
                attributes: try attributes(request.values), client: client, source: client.prefix.address)
            do {
                let record = try await rehearsal.decide(login)
                guard user.scope.contains(record.organizationID) else {
                    throw Problem.field("username", "This login is another organization's.")
                }
                return .json(DecisionDocument(record: record).json)
            } catch let refusal as RehearsalRefusal {
                switch refusal {
                case .busy: throw Problem.busy
                case .noPacket: throw Problem.nonField("These attributes make no packet.")
                }
            }
        }
    }

    /// The device that is named, or one that stands for the organization's.
    private func device(_ values: FormValues, _ user: Principal) throws(Problem) -> NASClient {
        if let text = values.nonEmptyText("nas") {
            let named = directory.table.all.first { client in
                user.scope.contains(client.organizationID)
                    && (client.id.map { String($0) } == text || client.name.lowercased() == text.lowercased())
            }
            guard let named else { throw .field("nas", "There is no such device.") }
            return named
        }
        var organizationID = values.text("organization")
        if let organizationID, !user.scope.contains(organizationID) { throw .field("organization", "There is no such organization.") }
        if organizationID == nil, !user.isSuperuser {
            guard user.managedOrganizations.count == 1 else { throw .field("organization", "This field is required.") }
            organizationID = user.managedOrganizations.first
        }
        let loopback = IPAddress(ipv4: 0x7f00_0001)
        return NASClient(
            name: "console", prefix: IPPrefix(loopback), secret: SharedSecret(Array("rehearsal".utf8)), organizationID: organizationID)
    }

    private func attributes(_ values: FormValues) throws(Problem) -> [Attribute] {
        var attributes: [Attribute] = []
        for (name, field) in [
            ("User-Name", "username"), ("User-Password", "password"), ("Calling-Station-Id", "calling_station_id"),
            ("Called-Station-Id", "called_station_id"),
        ] {
            guard let text = values.nonEmptyText(field), let definition = rehearsal.dictionary.attribute(named: name) else { continue }
            attributes.append(Attribute(definition, value: .bytes(Array(text.utf8))))
        }
        for line in try Self.lines(values.json("attributes")) {
            guard let read = AttributeLine(line) else { throw .field("attributes", "Write NAME = VALUE on each line.") }
            guard !Self.conversations.contains(read.name) else {
                throw .field("attributes", "An EAP conversation cannot be rehearsed.")
            }
            do throws(AttributeLine.Problem) {
                attributes.append(try read.attribute(rehearsal.dictionary))
            } catch {
                switch error {
                case .unknown(let name):
                    throw .field("attributes", Message("The dictionary has no attribute named {name}.", ["name": name]))
                case .unfit(let name): throw .field("attributes", Message("The value does not fit {name}.", ["name": name]))
                }
            }
        }
        return attributes
    }

    private static func lines(_ value: JSONValue?) throws(Problem) -> [String] {
        switch value {
        case nil, .null?: return []
        case .array(let elements)?:
            let lines = elements.compactMap(\.string)
            guard lines.count == elements.count, lines.count <= mostLines, lines.allSatisfy({ $0.utf8.count <= 1024 }) else {
                throw .field("attributes", "Write NAME = VALUE on each line.")
            }
            return lines
        default: throw .field("attributes", "Write NAME = VALUE on each line.")
        }
    }
}
