import Foundation
import FoundationXML

/// What a CNML document says of interfaces and links.
final class CNMLDocument: NSObject, XMLParserDelegate {
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
    private var node: Node?
    private var deviceID = ""
    private var depth = 0
    private var hasRoot = false
    private var failure: TopologyFormatError?

    /// - Parameter bytes: UTF-8, whatever the document declares.
    static func read(_ bytes: [UInt8]) throws(TopologyFormatError) -> CNMLDocument {
        if let offset = offset(of: "<!DOCTYPE", in: bytes) ?? offset(of: "<!ENTITY", in: bytes) {
            throw undecodable(": it declares a document type", TextPosition(offset: offset, in: bytes).place)
        }
        let document = CNMLDocument()
        let parser = XMLParser(data: Data(withoutDeclaration(bytes)))
        parser.shouldResolveExternalEntities = false
        parser.delegate = document
        let isComplete = parser.parse()
        if let failure = document.failure { throw failure }
        guard isComplete, document.hasRoot else { throw undecodable("", .line(max(1, parser.lineNumber))) }
        return document
    }

    private static func undecodable(_ details: String, _ place: TopologyFormatError.Place) -> TopologyFormatError {
        TopologyFormatError(.structure, "Could not decode CNML data\(details)", place)
    }

    private static func offset(of word: StaticString, in bytes: [UInt8]) -> Int? {
        word.withUTF8Buffer { word in
            var start = 0
            while let found = bytes[start...].firstIndex(of: word[0]) {
                if bytes[found...].starts(with: word) { return found }
                start = found + 1
            }
            return nil
        }
    }

    /// Blanks instead of the XML declaration: the octets are UTF-8 already, and no other encoding may hide anything in them.
    private static func withoutDeclaration(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.starts(with: Array("<?xml".utf8)), let end = bytes.firstIndex(of: UInt8(ascii: ">")) else { return bytes }
        var bytes = bytes
        for index in 0...end where bytes[index] != UInt8(ascii: "\n") { bytes[index] = UInt8(ascii: " ") }
        return bytes
    }

    private func fail(_ details: String, _ parser: XMLParser) {
        failure = Self.undecodable(details, .line(max(1, parser.lineNumber)))
        parser.abortParsing()
    }

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?, qualifiedName qName: String?,
        attributes attributeDict: [String: String]
    ) {
        guard failure == nil else { return }
        hasRoot = true
        depth += 1
        guard depth <= Self.depthLimit else { return fail(": more than \(Self.depthLimit) elements are nested", parser) }
        guard depth > 1 || elementName == "cnml" || elementName == "network" else { return fail(": it is other XML", parser) }
        switch elementName {
        case "node":
            node = Node(
                id: attributeDict["id"] ?? "", title: attributeDict["title"] ?? "", status: attributeDict["status"] ?? "",
                latitude: Self.degrees(attributeDict["lat"]), longitude: Self.degrees(attributeDict["lon"]))
        case "device": deviceID = attributeDict["id"] ?? ""
        case "interface":
            guard let id = attributeDict["id"] else { return fail(": an interface has no id", parser) }
            interfaces[id] = Interface(address: attributeDict["ipv4"] ?? "", deviceID: deviceID, node: node)
        case "link":
            guard let id = attributeDict["id"], let end = attributeDict["linked_interface_id"] else {
                return fail(": a link has no id or no linked_interface_id", parser)
            }
            if links[id] == nil {
                linkOrder.append(id)
                links[id] = Link(ends: [end], isWorking: attributeDict["link_status"]?.lowercased() == "working")
            } else {
                links[id]?.ends.append(end)
            }
        default: break
        }
    }

    func parser(_ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?, qualifiedName qName: String?) {
        guard failure == nil else { return }
        depth -= 1
        switch elementName {
        case "node": node = nil
        case "device": deviceID = ""
        default: break
        }
    }

    /// The parser goes on after an error, and then answers that it is content.
    func parser(_ parser: XMLParser, parseErrorOccurred parseError: any Error) {
        guard failure == nil else { return }
        failure = Self.undecodable("", .line(max(1, parser.lineNumber), column: max(1, parser.columnNumber)))
        parser.abortParsing()
    }

    private static func degrees(_ text: String?) -> Double? {
        text.flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil }
    }
}
