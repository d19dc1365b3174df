import RADIUSDictionary

/// Definitions that stages need, looked up once. One that the dictionary lacks is nil, and what depends on it does nothing.
final class KnownDefinitions: Sendable {
    /// Microsoft's attributes (RFC 2548), by number, since dictionaries spell them differently.
    final class Microsoft: Sendable {
        let chapError: AttributeDefinition?
        let mppeEncryptionPolicy: AttributeDefinition?
        let mppeEncryptionTypes: AttributeDefinition?
        let mppeKeys: AttributeDefinition?
        let mppeSendKey: AttributeDefinition?
        let mppeReceiveKey: AttributeDefinition?
        let chap2Success: AttributeDefinition?

        init(_ dictionary: AttributeDictionary) {
            func attribute(_ number: UInt32) -> AttributeDefinition? { dictionary.attribute(vendor: 311, number) }
            chapError = attribute(2)
            mppeEncryptionPolicy = attribute(7)
            mppeEncryptionTypes = attribute(8)
            mppeKeys = attribute(12)
            mppeSendKey = attribute(16)
            mppeReceiveKey = attribute(17)
            chap2Success = attribute(26)
        }
    }

    let microsoft: Microsoft
    let replyMessage: AttributeDefinition?
    let sessionTimeout: AttributeDefinition?
    let classAttribute: AttributeDefinition?
    let userName: AttributeDefinition?
    let state: AttributeDefinition?
    let eapMessage: AttributeDefinition?
    let eapKeyName: AttributeDefinition?
    let chargeableUserIdentity: AttributeDefinition?
    let acctInterimInterval: AttributeDefinition?
    // Control attributes, by FreeRADIUS's names.
    let allowSessionResumption: AttributeDefinition?
    let authType: AttributeDefinition?
    let expiration: AttributeDefinition?
    let fallThrough: AttributeDefinition?
    let loginTime: AttributeDefinition?
    let pskPassword: AttributeDefinition?
    let responseDelay: AttributeDefinition?
    let simultaneousUse: AttributeDefinition?
    let smbAccountControl: AttributeDefinition?
    let userProfile: AttributeDefinition?
    let plan: AttributeDefinition?
    let poolName: AttributeDefinition?
    /// Reply attributes of leased addresses.
    let addresses: [AddressKind: AttributeDefinition]
    /// Limits on usage by the attribute that sets them.
    let counters: [AttributeDefinition: UsageCounter]

    init(_ dictionary: AttributeDictionary, counters: [UsageCounter]) {
        microsoft = Microsoft(dictionary)
        replyMessage = dictionary.attribute(standard: StandardAttribute.replyMessage)
        sessionTimeout = dictionary.attribute(standard: StandardAttribute.sessionTimeout)
        classAttribute = dictionary.attribute(standard: StandardAttribute.classAttribute)
        userName = dictionary.attribute(standard: StandardAttribute.userName)
        state = dictionary.attribute(standard: StandardAttribute.state)
        eapMessage = dictionary.attribute(standard: StandardAttribute.eapMessage)
        eapKeyName = dictionary.attribute(standard: StandardAttribute.eapKeyName)
        chargeableUserIdentity = dictionary.attribute(standard: StandardAttribute.chargeableUserIdentity)
        acctInterimInterval = dictionary.attribute(standard: StandardAttribute.acctInterimInterval)
        allowSessionResumption = dictionary.attribute(named: "Allow-Session-Resumption")
        authType = dictionary.attribute(named: "Auth-Type")
        expiration = dictionary.attribute(named: "Expiration")
        fallThrough = dictionary.attribute(named: "Fall-Through")
        loginTime = dictionary.attribute(named: "Login-Time")
        pskPassword = dictionary.attribute(named: "PSK-Password")
        responseDelay = dictionary.attribute(named: "FreeRADIUS-Response-Delay")
        simultaneousUse = dictionary.attribute(named: "Simultaneous-Use")
        smbAccountControl = dictionary.attribute(named: "SMB-Account-CTRL")
        userProfile = dictionary.attribute(named: "User-Profile")
        plan = dictionary.attribute(named: "Radian-Plan")
        poolName = dictionary.attribute(named: "Pool-Name")
        let numbers: [AddressKind: UInt8] = [
            .ipv4: StandardAttribute.framedIPAddress, .ipv6: StandardAttribute.framedIPv6Address,
            .ipv6Prefix: StandardAttribute.framedIPv6Prefix, .delegatedPrefix: StandardAttribute.delegatedIPv6Prefix,
        ]
        addresses = numbers.compactMapValues { dictionary.attribute(standard: $0) }
        self.counters = Dictionary(
            counters.compactMap { counter in dictionary.attribute(named: counter.attribute).map { ($0, counter) } },
            uniquingKeysWith: { $1 })
    }
}
