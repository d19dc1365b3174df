public import RADIUSWire

extension ErrorCause {
    /// What the NAS means and what to do about it, in one or two sentences for operators.
    public var explanation: String {
        switch self {
        case .residualContextRemoved: "The session was gone already; what was left of it has been removed."
        case .invalidEAPPacket: "The NAS could not read an EAP packet."
        case .unsupportedAttribute:
            "The NAS does not know an attribute of the request. Check the NAS's type, which decides what is sent."
        case .missingAttribute: "The NAS needs an attribute that the request lacks. Check the NAS's type, which decides what is sent."
        case .nasIdentificationMismatch:
            "The NAS does not take the request for its own. Its address differs from the one in its accounting, as behind NAT."
        case .invalidRequest: "The NAS finds the request inconsistent. Check the NAS's type."
        case .unsupportedService: "The NAS does not offer the Service-Type."
        case .unsupportedExtension: "The NAS does not take this kind of request. Enable dynamic authorization on it, or disconnect instead."
        case .invalidAttributeValue: "The NAS cannot use a value: a role, access list or profile of this name may be missing on it."
        case .administrativelyProhibited:
            "The NAS forbids it. Allow this server as a dynamic authorization client in the NAS's configuration."
        case .requestNotRoutable: "A proxy on the way does not know the NAS."
        case .sessionContextNotFound: "The NAS has no such session: it has ended, and its Accounting Stop was lost."
        case .sessionContextNotRemovable: "The NAS knows the session but cannot end it."
        case .otherProxyProcessingError: "A proxy on the way failed."
        case .resourcesUnavailable: "The NAS or a proxy is out of resources. Try again later."
        case .requestInitiated: "The NAS will ask for authorization anew."
        case .multipleSessionSelectionUnsupported: "Several sessions match, and the NAS acts on single ones only."
        case .locationInfoRequired: "The NAS wants to be asked for its location first."
        case .responseTooBig: "The answer does not fit a packet."
        default: "The NAS gives a reason that no standard explains."
        }
    }
}
