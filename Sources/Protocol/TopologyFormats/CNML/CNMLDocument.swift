import CExpat

/// What a CNML document says of interfaces and links.
final class CNMLDocument {
    struct Node {
        let id, title, status: String
        /// Degrees; nil where it is not given.
        let latitude, longitude: Double?
    }

    struct Interface {
        let address: String
        let deviceID: String
        let node: Node?
    }

    struct Link {
        /// The interface at the other end, named by the element under either interface.
        var ends: [String]
        /// As it stands in the first element.
        let isWorking: Bool
    }

    /// How deep elements may nest; zones nest in zones.
    private static let depthLimit = 64

    private(set) var interfaces: [String: Interface] = [:]
    private(set) var links: [String: Link] = [:]
    /// The ids of links, in the order of the document.
    private(set) var linkOrder: [String] = []
    /// Valid while the document is read.
    private let parser: XML_Parser
    private var node: Node?
    private var deviceID = ""
    private var depth = 0
    private var failure: TopologyFormatError?

    /// - Parameter bytes: UTF-8, whatever the document declares.
    static func read(_ bytes: [UInt8]) throws(TopologyFormatError) -> CNMLDocument {
        guard let length = Int32(exactly: bytes.count), let parser = XML_ParserCreate("UTF-8") else {
            throw undecodable(": it is too long", .line(1))
        }
        defer { XML_ParserFree(parser) }
        let document = CNMLDocument(parser)
        XML_SetUserData(parser, Unmanaged.passUnretained(document).toOpaque())
        XML_SetStartDoctypeDeclHandler(parser) { document, _, _, _, _ in CNMLDocument.of(document)?.fail(": it declares a document type") }
        XML_SetElementHandler(
            parser, { document, name, attributes in name.map { CNMLDocument.of(document)?.begin(String(cString: $0), attributes) } },
            { document, name in name.map { CNMLDocument.of(document)?.end(String(cString: $0)) } })
        let status = bytes.withUnsafeBytes { XML_Parse(parser, $0.baseAddress, length, 1) }
        if let failure = document.failure { throw failure }
        guard status == XML_STATUS_OK else {
            let (line, column) = (XML_GetCurrentLineNumber(parser), XML_GetCurrentColumnNumber(parser))
            throw undecodable("", .line(Int(line), column: Int(column) + 1))
        }
        return document
    }

    /// The document that a handler is called for.
    private static func of(_ document: UnsafeMutableRawPointer?) -> CNMLDocument? {
        document.map { Unmanaged<CNMLDocument>.fromOpaque($0).takeUnretainedValue() }
    }

    private init(_ parser: XML_Parser) { self.parser = parser }

    private static func undecodable(_ details: String, _ place: TopologyFormatError.Place) -> TopologyFormatError {
        TopologyFormatError(.structure, "Could not decode CNML data\(details)", place)
    }

    private func fail(_ details: String) {
        failure = Self.undecodable(details, .line(Int(XML_GetCurrentLineNumber(parser))))
        XML_StopParser(parser, XML_Bool(XML_FALSE))
    }

    /// - Parameter pairs: names and values in turn, and a null pointer.
    private func begin(_ element: String, _ pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>?) {
        guard failure == nil else { return }
        var attributes: [String: String] = [:]
        var pairs = pairs
        while let name = pairs?[0], let value = pairs?[1] {
            attributes[String(cString: name)] = String(cString: value)
            pairs? += 2
        }
        depth += 1
        guard depth <= Self.depthLimit else { return fail(": more than \(Self.depthLimit) elements are nested") }
        guard depth > 1 || element == "cnml" || element == "network" else { return fail(": it is other XML") }
        switch element {
        case "node":
            node = Node(
                id: attributes["id"] ?? "", title: attributes["title"] ?? "", status: attributes["status"] ?? "",
                latitude: Self.degrees(attributes["lat"]), longitude: Self.degrees(attributes["lon"]))
        case "device": deviceID = attributes["id"] ?? ""
        case "interface":
            guard let id = attributes["id"] else { return fail(": an interface has no id") }
            interfaces[id] = Interface(address: attributes["ipv4"] ?? "", deviceID: deviceID, node: node)
        case "link":
            guard let id = attributes["id"], let end = attributes["linked_interface_id"] else {
                return fail(": a link has no id or no linked_interface_id")
            }
            if links[id] == nil {
                linkOrder.append(id)
                links[id] = Link(ends: [end], isWorking: attributes["link_status"]?.lowercased() == "working")
            } else {
                links[id]?.ends.append(end)
            }
        default: break
        }
    }

    private func end(_ element: String) {
        guard failure == nil else { return }
        depth -= 1
        switch element {
        case "node": node = nil
        case "device": deviceID = ""
        default: break
        }
    }

    private static func degrees(_ text: String?) -> Double? {
        text.flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil }
    }
}
